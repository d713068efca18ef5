"""Plain words for organisations, people and verification."""

from app.platform.words import codes as c
from app.platform.words.book import Words

KINDS: Words = {
    c.OrganisationKind.PROVIDER: (
        "Provider",
        "Delivers services, and bids for money to do so: a charity, community group, social enterprise or company.",
    ),
    c.OrganisationKind.COMMISSIONER: (
        "Commissioner",
        "Asks for bids and pays for services: a council, a health board or a funder.",
    ),
    c.OrganisationKind.FACILITATOR: (
        "Facilitator",
        "Helps a partnership to work and stays neutral, such as a council for voluntary service.",
    ),
}

LEGAL_FORM: Words = {
    c.LegalForm.CHARITY: ("Registered charity", "A charity that is a trust or another form not named in this list."),
    c.LegalForm.CIO: (
        "Charitable incorporated organisation (CIO)",
        "A charity with legal personality of its own, registered with a charity regulator only (in Scotland a SCIO).",
    ),
    c.LegalForm.COMPANY_LIMITED_BY_GUARANTEE: (
        "Company limited by guarantee",
        "A company without shareholders, often a charity as well.",
    ),
    c.LegalForm.CIC: (
        "Community interest company (CIC)",
        "A company whose assets are locked for the benefit of a community.",
    ),
    c.LegalForm.COMMUNITY_BENEFIT_SOCIETY: (
        "Community benefit society",
        "A society registered with the Financial Conduct Authority that serves a wider community than its members.",
    ),
    c.LegalForm.COOPERATIVE: ("Co-operative society", "A society owned by its members and run for their benefit."),
    c.LegalForm.UNINCORPORATED: (
        "Unincorporated group",
        "A group with no legal personality of its own. Its committee members contract in their own names and are "
        "personally liable.",
    ),
    c.LegalForm.COMPANY: ("Company", "A company limited by shares, or another commercial company or partnership."),
    c.LegalForm.PUBLIC_BODY: ("Public body", "A council, a health body, a school or another public authority."),
    c.LegalForm.OTHER: ("Another form", "A legal form that is not in this list."),
}

SIZE_BAND: Words = {
    c.SizeBand.MICRO: ("Micro", "A yearly income under £10,000."),
    c.SizeBand.SMALL: ("Small", "A yearly income from £10,000 to under £100,000."),
    c.SizeBand.MEDIUM: ("Medium", "A yearly income from £100,000 to under £1 million."),
    c.SizeBand.LARGE: ("Large", "A yearly income from £1 million to under £10 million."),
    c.SizeBand.MAJOR: ("Major", "A yearly income from £10 million to under £100 million."),
    c.SizeBand.SUPER_MAJOR: ("Super-major", "A yearly income of £100 million or more."),
}

MEMBER_ROLE: Words = {
    c.MemberRole.ADMIN: (
        "Admin",
        "Invites colleagues, gives them roles, and accepts or declines invitations for the organisation.",
    ),
    c.MemberRole.EDITOR: (
        "Editor",
        "Writes for the organisation: bid text, contributions, expectations, budget lines.",
    ),
    c.MemberRole.SIGNATORY: (
        "Signatory",
        "Signs and submits for the organisation. Give it only to people whom your governing document lets sign.",
    ),
    c.MemberRole.VIEWER: ("Viewer", "Reads what the organisation may read, and changes nothing."),
}

VERIFICATION_LEVEL: Words = {
    c.VerificationLevel.NONE: (
        "Not checked",
        "Nobody has checked that this account belongs to the organisation whose name it bears.",
    ),
    c.VerificationLevel.REGISTER_EMAIL: (
        "Register's e-mail address",
        "Somebody answered from the e-mail address that the public register holds for the organisation.",
    ),
    c.VerificationLevel.DOCUMENT: ("Document", "A document that shows who the organisation is was checked."),
    c.VerificationLevel.SHARE_CODE: (
        "Share code",
        "The organisation's details came from the UK central digital platform by a share code.",
    ),
    c.VerificationLevel.OPERATOR: ("Operator", "Whoever runs this service has checked the organisation in person."),
}

VOCABULARIES: dict[str, Words] = {
    "kinds": KINDS,
    "legal_form": LEGAL_FORM,
    "size_band": SIZE_BAND,
    "member_role": MEMBER_ROLE,
    "verification_level": VERIFICATION_LEVEL,
}
