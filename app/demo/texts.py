"""What the partners of the demo say, write and state. All of it is invented."""

from typing import Any

SECTIONS: dict[str, str] = {
    "approach": (
        "We bring **early help to where families already are**: the youth club, the family centre and the school gate.\n\n"
        "1. *First contact* within two working days, by somebody the family knows.\n"
        "2. A plan made with the family, with **one named worker**.\n"
        "3. A review every six weeks, led by the family.\n\n"
        "| When | What | Who |\n|---|---|---|\n| Months 1 to 3 | Set up three hubs, train staff | Northfield Trust |\n"
        "| Months 4 to 24 | Weekly sessions in each hub | Harbour Youth, Castle Family Support |\n"
        "| From month 18 | Parents run two hubs with us | All |\n\n"
        "Young people and parents chair the steering group, and their decisions are published."
    ),
    "safety": (
        "Each partner keeps its own safeguarding policy, checked by the lead once a year. Concerns go to the designated "
        "safeguarding lead of the partner who hears them **on the same day**, and to the local authority where a child may "
        "be at risk. Staff and volunteers have enhanced checks and are supervised monthly."
    ),
    "summary": (
        "Harbour Youth, Castle Family Support and Northfield Trust bid together for family hubs in Seaborough. Two small, "
        "trusted local charities deliver the work; a larger charity carries the contract, the cash flow and the reporting."
    ),
    "exit_and_sustainability": (
        "From the first day each hub trains parents as leaders. When the funding ends, the two small charities keep the "
        "rooms, the equipment and the methods; Northfield Trust helps them raise the running costs and leaves no debts behind."
    ),
    "governance": (
        "One organisation has one vote. Who leads, who is paid and how we part are reserved matters, on which each partner "
        "has a veto. Disputes go to the directors within five days, then to a mediator from the council for voluntary service."
    ),
}

WHOLE_TERM = {"start": "2027-04-01", "end": "2029-03-31"}

CONTRIBUTIONS: dict[str, list[dict[str, Any]]] = {
    "Harbour Youth": [
        {
            "kind": "staff_time",
            "title": "Two youth workers, two days a week each",
            "quantity": "416",
            "unit": "day",
            "unit_value": {"amount": "140.00", "currency": "GBP"},
            "value": {"amount": "58240.00", "currency": "GBP"},
            "certainty": "confirmed",
            "valuation_basis": "Our NJC pay scale point 17 with on-costs, payroll of October 2026",
        },
        {
            "kind": "community_reach",
            "title": "Trust of 300 young people and their families on the estate",
            "value": {"amount": "0.00", "currency": "GBP"},
            "certainty": "confirmed",
            "valuation_basis": "Not valued in money; membership list of September 2026",
        },
    ],
    "Castle Family Support": [
        {
            "kind": "premises",
            "title": "Rooms of the family centre, three evenings a week",
            "quantity": "288",
            "unit": "day",
            "unit_value": {"amount": "50.00", "currency": "GBP"},
            "value": {"amount": "14400.00", "currency": "GBP"},
            "certainty": "confirmed",
            "valuation_basis": "Our published hire charge of 50 pounds an evening, 2026",
        },
    ],
    "Northfield Trust": [
        {
            "kind": "cash_flow_cover",
            "title": "Three months' cash flow for the two small partners",
            "value": {"amount": "45000.00", "currency": "GBP"},
            "certainty": "confirmed",
            "period": {"start": "2027-04-01", "end": "2028-03-31"},
            "valuation_basis": "Quarterly payments of the budget, board minute 12/2026",
        },
        {
            "kind": "match_funding",
            "title": "Grant of the Northfield endowment",
            "value": {"amount": "30000.00", "currency": "GBP"},
            "certainty": "confirmed",
        },
    ],
}

EXPECTATIONS: dict[str, list[dict[str, Any]]] = {
    "Harbour Youth": [
        {
            "kind": "payment_terms",
            "title": "Paid within 30 days of our invoice",
            "strength": "must",
            "target": {"type": "days", "value": "30"},
        },
        {
            "kind": "credit",
            "title": "Our name and logo on everything that the hub shows the public",
            "strength": "should",
            "audience": "commissioner",
        },
    ],
    "Castle Family Support": [
        {
            "kind": "decision_voice",
            "title": "One vote, like everybody else",
            "strength": "must",
            "target": {"type": "votes", "value": "1"},
        }
    ],
    "Northfield Trust": [
        {"kind": "information", "title": "Figures for the quarterly report in time", "strength": "should"},
    ],
}

BUDGET: dict[str, list[tuple[str, int, str, str, str]]] = {
    # (category, year of the contract, source, amount, description)
    "Harbour Youth": [
        ("staff", 1, "requested", "58000.00", "Youth workers"),
        ("staff", 2, "requested", "59500.00", "Youth workers"),
        ("overheads", 1, "requested", "8700.00", "Share of rent, supervision and payroll"),
        ("overheads", 2, "requested", "8900.00", "Share of rent, supervision and payroll"),
    ],
    "Castle Family Support": [
        ("staff", 1, "requested", "64000.00", "Family workers"),
        ("staff", 2, "requested", "66000.00", "Family workers"),
        ("running costs", 1, "requested", "9000.00", "Crèche, food, materials"),
        ("running costs", 2, "requested", "9200.00", "Crèche, food, materials"),
    ],
    "Northfield Trust": [
        ("management", 1, "requested", "21000.00", "Contract management and reporting"),
        ("management", 2, "requested", "21500.00", "Contract management and reporting"),
        ("evaluation", 2, "match", "30000.00", "Evaluation by the university, paid from the endowment"),
    ],
}

OUTCOMES: list[dict[str, Any]] = [
    {
        "framework": "every_child_matters",
        "outcome": "Stay safe",
        "indicator": "Young people with a plan to stay safe",
        "unit": "young people",
        "baseline": "0",
        "target": "180",
        "target_date": "2029-03-31",
        "method": "Plans counted each quarter from case records",
    },
    {
        "framework": "every_child_matters",
        "outcome": "Make a positive contribution",
        "indicator": "Parents and young people who help to run a hub",
        "unit": "people",
        "baseline": "6",
        "target": "40",
        "target_date": "2029-03-31",
        "method": "Rota and minutes of the steering group",
    },
]

EXIT_TERMS = (
    "Three months' notice. Each takes back what it brought; what was made together stays with the two small charities."
)
TERMS = "The lead pays the others within 30 days of their invoice, whether or not the council has paid."

STATEMENTS: dict[str, tuple[str, str]] = {
    "non_collusion": ("yes", "We have agreed no part of this bid with anybody outside it."),
    "conflicts_of_interest": ("no", "We asked every trustee and manager, and know of none."),
    "modern_slavery": ("yes", "We have a policy, and no supplier in a sector at risk."),
}
