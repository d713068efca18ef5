"""What the partners of the demo say, write and state. All of it is invented."""

from typing import Any

LOTS = {"1": "Young people's hubs in Harbour ward", "2": "Family hubs in Castle ward"}
LOT_OF = {"Harbour Youth": "1", "Castle Family Support": "2"}
"""Whose work is for one lot; the lead's is for both."""

AIMS = {
    "Harbour Youth": "To give the young people of Harbour ward a place of their own, which they run together with adults whom they trust.",
    "Castle Family Support": "To relieve parents of young children in Castle ward who are alone, poor or ill, by visiting and by company.",
    "Northfield Trust": "To advance the education and health of children in Seaborough, and to help small charities that do so.",
}

OWN_PART: dict[str, dict[str, Any]] = {
    "Harbour Youth": {
        "proposed_work_markdown": (
            "Two youth workers and twelve volunteers open the club in Harbour Road on five evenings a week, and go out to the "
            "estate on Fridays. The members' committee decides what is on."
        ),
        "lot_ids": ["1"],
        "areas": ["Harbour ward"],
        "people_reached": "300 young people aged 11 to 19 a year",
        "aims_statement_markdown": "We have opened on two evenings for years, and had to lock the door on the other three. This pays for them.",
    },
    "Castle Family Support": {
        "proposed_work_markdown": (
            "Family workers visit at home within ten working days, and run a drop-in with a crèche in the family centre on "
            "three mornings and three evenings a week."
        ),
        "lot_ids": ["2"],
        "areas": ["Castle ward"],
        "people_reached": "140 families a year, most with a child under five",
        "aims_statement_markdown": "Parents asked us to come before things fall apart, not after. With this we can.",
    },
    "Northfield Trust": {
        "proposed_work_markdown": (
            "Manages the contract, pays in advance where a partner needs it, trains the staff of all three, and writes the "
            "quarterly report from figures that the partners keep anyway."
        ),
        "lot_ids": ["1", "2"],
        "areas": ["Seaborough"],
        "people_reached": "The staff and volunteers of all three partners",
        "aims_statement_markdown": "Helping small charities to hold their own contracts is why our founders left us the endowment.",
    },
}

SECTIONS: dict[str, str] = {
    "why_together": (
        "None of us could bid alone. Harbour Youth and Castle Family Support know the families, and are too small to carry "
        "a contract of this size; Northfield Trust can carry it, and is not known on either estate."
    ),
    "shaped_by": (
        "In September we asked 86 young people and 41 parents, at the club and at the school gate. They wanted evenings, the "
        "same face each time, and no forms. So the hubs open in the evening, each family has one worker, and nobody fills in a "
        "form before the third visit. Two of them sit on the steering group, and vote."
    ),
    "milestones": (
        "| Milestone | By when | Who answers for it |\n|---|---|---|\n"
        "| Both hubs are open | 1 July 2027 | Harbour Youth, Castle Family Support |\n"
        "| First parents run a session | 1 October 2028 | Castle Family Support |\n"
        "| Handover plan agreed with the steering group | 31 December 2028 | Northfield Trust |"
    ),
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
        "trusted local charities deliver the work; one of them holds its own part of the contract; a larger charity carries the rest, the cash flow and the reporting."
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
            "kind": "volunteer_time",
            "title": "Twelve volunteers, one evening a week each",
            "quantity": "2400",
            "unit": "hour",
            "unit_value": {"amount": "13.45", "currency": "GBP"},
            "value": {"amount": "32280.00", "currency": "GBP"},
            "certainty": "confirmed",
            "valuation_basis": "Real Living Wage of 2026",
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
TERMS = "Castle Family Support is paid within 30 days of its invoice, whether or not the council has paid."

STATEMENTS: dict[str, tuple[str, str]] = {
    "non_collusion": ("yes", "We have agreed no part of this bid with anybody outside it."),
    "conflicts_of_interest": ("no", "We asked every trustee and manager, and know of none."),
    "modern_slavery": ("yes", "We have a policy, and no supplier in a sector at risk."),
}
