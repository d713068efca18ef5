"""The thresholds of the fairness checks on this service: the product's own figures, or the operator's."""

from fractions import Fraction

from app.bid.fairness.rules import Thresholds
from app.settings import Settings


def thresholds(settings: Settings) -> Thresholds:
    """The operator's settings as exact shares of one. A threshold without a setting keeps the product's figure."""
    return Thresholds(
        income_share_attention=Fraction(settings.fairness_income_attention, 100),
        income_share_serious=Fraction(settings.fairness_income_serious, 100),
        lead_share_attention=Fraction(settings.fairness_lead_attention, 100),
        lead_share_serious=Fraction(settings.fairness_lead_serious, 100),
        voice_attention=Fraction(settings.fairness_voice_attention, 100),
        voice_serious=Fraction(settings.fairness_voice_serious, 100),
        payment_days_attention=settings.fairness_payment_days,
    )
