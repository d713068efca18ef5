"""The story: two small charities, a larger lead and a council, from the call to the outcome."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.demo import texts
from app.demo.caller import Caller, Someone

PASSWORD = "a demo passphrase of words"  # noqa: S105
DEADLINE = timedelta(seconds=40)
"""Short, so that the demo can open the bids; where the machine is slow the council moves it, as a council may."""


class Story:
    """Each act tells what happens and does it; what later acts need is kept here."""

    def __init__(self, caller: Caller, out: Path, deadline: timedelta = DEADLINE) -> None:
        self.c = caller
        self.deadline = deadline
        self.out = out
        self.run = uuid4().hex[:6]
        self.small, self.family, self.lead, self.council = (
            self._somebody("Sam Adeyemi", "Harbour Youth"),
            self._somebody("Mair Rees", "Castle Family Support"),
            self._somebody("Priya Nair", "Northfield Trust"),
            self._somebody("Colin Webb", "Seaborough Council"),
        )
        self.code = 1
        """What the demo ends with: 0 when the story reached its end."""
        self.partners: dict[str, str] = {}
        self.opportunity: dict[str, Any] = {}
        self.base = ""

    def _somebody(self, name: str, organisation: str) -> Someone:
        address = f"{name.split()[0].lower()}.{self.run}@{organisation.lower().replace(' ', '')}.example.org"
        return Someone(name, address, organisation)

    def _number(self, who: Someone) -> str:
        """A charity number of the usual shape, from a range that the register has not come to; another in each demo."""
        return f"{19 - self.bidders.index(who)}{int(self.run, 16) % 10**5:05}"

    @property
    def bidders(self) -> tuple[Someone, Someone, Someone]:
        return self.lead, self.small, self.family

    @property
    def people(self) -> tuple[Someone, ...]:
        return (*self.bidders, self.council)

    def tell(self) -> None:
        for act in (
            self.people_register,
            self.council_publishes,
            self.lead_invites,
            self.each_says_apart,
            self.all_see_and_agree,
            self.they_write,
            self.they_sign,
            self.the_document,
            self.it_is_submitted,
            self.council_pulls_it,
        ):
            act()
        print(f"\nDone in {self.c.steps} steps. The bid lies in {self.out.resolve()}.")
        self.code = 0

    def _lots(self) -> dict[str, str]:
        return {lot["key"]: lot["id"] for lot in self.opportunity["lots"]}

    def people_register(self) -> None:
        forms = {"Harbour Youth": "cio", "Castle Family Support": "charity", "Northfield Trust": "charity"}
        for who in self.people:
            self.c.say(f"{who.name} registers, confirms the mail, signs in, and adds {who.organisation}.")
            person = {"email": who.email, "name": who.name, "password": PASSWORD}
            self.c.post(None, "/v1/people", person)
            self.c.post(None, "/v1/people/verify", {"token": self.c.token_from_mail(who.email)})
            who.token = self.c.post(None, "/v1/sessions", {"email": who.email, "password": PASSWORD})["token"]
            council = who is self.council
            organisation = {
                "name": who.organisation,
                "kinds": ["commissioner" if council else "provider"],
                "legal_form": "public_body" if council else forms[who.organisation],
                "size_band": None if council else {"Northfield Trust": "large"}.get(who.organisation, "small"),
                "areas": ["Seaborough"],
                "founding_aims": "" if council else texts.AIMS[who.organisation],
                "identifiers": [] if council else [{"scheme": "GB-CHC", "id": self._number(who)}],
            }
            who.organisation_id = self.c.post(who, "/v1/organisations", organisation)["id"]

    def council_publishes(self) -> None:
        self.c.say("The council writes a call for family hubs, with its questions and limits, and publishes it.")
        call = {
            "organisation_id": self.council.organisation_id,
            "title": "Family hubs in Seaborough, 2027 to 2029",
            "description_markdown": "Early help for families in three neighbourhoods. Joint bids are welcome.",
            "lots": [
                {"key": key, "title": title, "ceiling": {"amount": "190000.00", "currency": "GBP"}}
                for key, title in texts.LOTS.items()
            ],
            "questions": [
                {
                    "key": "approach",
                    "prompt_markdown": "How will you reach and help families early?",
                    "limit": {"unit": "words", "value": 400},
                    "weight": "60",
                },
                {
                    "key": "safety",
                    "prompt_markdown": "How will you keep children and adults safe?",
                    "limit": {"unit": "words", "value": 250},
                    "weight": "40",
                },
            ],
            "required_sections": ["summary", "governance"],
            "required_statements": list(texts.STATEMENTS),
            "regime": "below_threshold",
            "submission_deadline": (datetime.now(UTC) + self.deadline).isoformat(),
        }
        self.opportunity = self.c.post(self.council, "/v1/opportunities", call)
        self.opportunity = self.c.post(self.council, f"/v1/opportunities/{self.opportunity['id']}/publish")

    def lead_invites(self) -> None:
        self.c.say("Northfield Trust starts a joint bid, and invites the two small charities.")
        started = {
            "opportunity_id": self.opportunity["id"],
            "lead_organisation_id": self.lead.organisation_id,
            "title": "Hubs by the people who use them",
        }
        whole = self.c.post(self.lead, "/v1/proposals", started)
        self.base = f"/v1/proposals/{whole['id']}"
        self.partners[self.lead.organisation_id] = whole["partners"][0]["id"]
        for who in (self.small, self.family):
            invitation = {
                "organisation_id": who.organisation_id,
                "role": "member",
                "message_markdown": "We would like to bid with you, as equals.",
            }
            partner = self.c.post(self.lead, f"{self.base}/partners", invitation)
            self.partners[who.organisation_id] = partner["id"]
        for who in (self.small, self.family):
            self.c.say(f"{who.organisation} reads the invitation and accepts: it may leave until it signs.")
            self.c.get(who, "/v1/me/invitations")
            self.c.post(who, f"{self.base}/partners/{self.partners[who.organisation_id]}/accept")

    def each_says_apart(self) -> None:
        for who in self.bidders:
            self.c.say(f"{who.organisation} says what it gives and expects, and files it. Nobody else sees it yet.")
            for contribution in texts.CONTRIBUTIONS[who.organisation]:
                self.c.post(who, f"{self.base}/contributions", {"period": texts.WHOLE_TERM, **contribution})
            for expectation in texts.EXPECTATIONS[who.organisation]:
                self.c.post(who, f"{self.base}/expectations", expectation)
            self.c.post(who, f"{self.base}/honesty-round/file")

    def all_see_and_agree(self) -> None:
        self.c.say("All have filed, so all is shown at once. They look at what is met and what is not.")
        found = self.c.get(self.small, f"{self.base}/reconciliation")
        for expectation in found["expectations"]:
            print(f"      {expectation['state']}: {expectation['detail']}")
        self.c.say(
            "The lead proposes a structure: it and Harbour Youth contract side by side, each liable for its own part; Castle "
            "Family Support is paid within 30 days; one organisation one vote. All agree."
        )
        ids = [self.partners[who.organisation_id] for who in self.bidders]
        structure = {
            "template": "joint_contracting",
            "contracting_partner_ids": ids[:2],
            "paid_partner_ids": ids[:2],
            "flow_down": True,
            "liability": "several",
            "decision_rule": "majority",
            "payment_days": 30,
            "reserved_matters": ["structure", "lead", "partner_removal", "exit_plan"],
            "exit_terms_markdown": texts.EXIT_TERMS,
            "terms_markdown": texts.TERMS,
        }
        decision = self._decided(self.lead, "PUT", f"{self.base}/structure", structure)
        self._link_musts(decision)
        for who in self.bidders:
            self.c.say(f"{who.organisation} acknowledges: we have read what the others expect and contribute.")
            self.c.post(who, f"{self.base}/acknowledgements")
        for who in (self.small, self.family):
            authority = {"full_name": who.name, "role_title": "Chair"}
            self.c.say(f"{who.organisation} gives the lead its written authority to act.")
            self.c.post(who, f"{self.base}/partners/{self.partners[who.organisation_id]}/authority", authority)

    def _decided(self, who: Someone, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What needs the others' agreement opens a decision; all vote for it, and it is closed."""
        etag = self.c.call(who, "GET", path).headers["ETag"]
        opened = self.c.call(who, method, path, body, etag=etag)
        if opened.status_code != 202:
            return {}
        decision: dict[str, Any] = opened.json()["decision"]
        where = f"{self.base}/decisions/{decision['id']}"
        for voter in self.bidders:
            self.c.post(voter, f"{where}/votes", {"option": "for"})
        closed: dict[str, Any] = self.c.post(who, f"{where}/close")
        return closed

    def _link_musts(self, decision: dict[str, Any]) -> None:
        self.c.say("The owners of the two 'must' expectations link them to what meets them.")
        whole = self.c.get(self.lead, self.base)
        for who in (self.small, self.family):
            mine = self.partners[who.organisation_id]
            for expectation in whole["expectations"]:
                if expectation["partner_id"] == mine and expectation["strength"] == "must":
                    path = f"{self.base}/expectations/{expectation['id']}"
                    etag = self.c.call(who, "GET", path).headers["ETag"]
                    met_by = [{"type": "structure", "id": whole["id"]}]
                    self.c.call(who, "PUT", f"{path}/met-by", met_by, etag=etag)

    def they_write(self) -> None:
        self.c.say(
            "Each partner enters its own budget. The others see its totals by year once it shows them, nothing smaller."
        )
        for who in self.bidders:
            for category, year, source, amount, description in texts.BUDGET[who.organisation]:
                line = {
                    "lot_id": self._lots().get(texts.LOT_OF.get(who.organisation, "")),
                    "category": category,
                    "year": year,
                    "source": source,
                    "amount": {"amount": amount, "currency": "GBP"},
                    "description": description,
                }
                self.c.post(who, f"{self.base}/budget-lines", line)
        self.c.say("They agree on outcomes, and each confirms what it will deliver.")
        ids = [self.partners[who.organisation_id] for who in self.bidders]
        for outcome in texts.OUTCOMES:
            made = self.c.post(self.small, f"{self.base}/outcomes", {**outcome, "partner_ids": ids[1:]})
            self.c.post(self.family, f"{self.base}/outcomes/{made['id']}/confirm")
        self.c.say("They write the answers and the standard parts.")
        for section in self.c.get(self.lead, f"{self.base}/sections")["items"]:
            if section["key"] in texts.SECTIONS:
                path = f"{self.base}/sections/{section['id']}/content"
                self.c.replace(self.lead, path, {"markdown": texts.SECTIONS[section["key"]]})
        self.c.say(
            "Each says what it will do, where and for whom, and how that serves its own founding aims, and makes the "
            "statements that the council asks for."
        )
        for who in self.bidders:
            path = f"{self.base}/partners/{self.partners[who.organisation_id]}"
            etag = self.c.call(who, "GET", path).headers["ETag"]
            said = texts.OWN_PART[who.organisation]
            own = {**said, "lot_ids": [self._lots()[key] for key in said["lot_ids"]], "serves_aims": True}
            self.c.call(who, "PATCH", path, own, etag=etag)
            for key, (answer, words) in texts.STATEMENTS.items():
                statement = {"answer": answer, "detail_markdown": words}
                self.c.replace(who, f"{path}/statements/{key}", statement)
        for who in self.bidders:
            self.c.post(who, f"{self.base}/acknowledgements")
        for who in self.bidders:
            self.c.say(
                f"{who.organisation} says that its prices are final: the others see its totals as they stand now."
            )
            self.c.post(who, f"{self.base}/budget/final", {"final": True})

    def they_sign(self) -> None:
        self.c.say("Is anything missing? The service lists every blocker.")
        readiness = self.c.get(self.lead, f"{self.base}/readiness")
        for blocker in readiness["blockers"]:
            print(f"      {blocker['code']}: {blocker['detail']}")
        self.c.say("Nothing is. The bid is locked for signing: from here on not a comma changes.")
        self.edition = self.c.post(self.lead, f"{self.base}/editions")
        for who in self.bidders:
            if self.partners[who.organisation_id] not in self._must_sign():
                continue
            self.c.say(f"{who.name} reads version {self.edition['number']} and signs its hash for {who.organisation}.")
            signature = {
                "organisation_id": who.organisation_id,
                "sha256": self.edition["sha256"],
                "full_name": who.name,
                "role_title": "Chair of trustees",
                "authority_basis": {"kind": "resolution", "date": "2026-11-02", "detail": "Trustees' minute 7"},
            }
            self.c.post(who, f"{self.base}/editions/{self.edition['number']}/sign-offs", signature)

    def _must_sign(self) -> list[str]:
        derived: dict[str, Any] = self.c.get(self.lead, f"{self.base}/structure")["derived"]
        return list(derived["must_sign"])

    def the_document(self) -> None:
        self.c.say("All who must sign have signed. The one document comes out, the same on every desk.")
        where = f"{self.base}/editions/{self.edition['number']}/document.pdf"
        self.out.write_bytes(self.c.call(self.lead, "GET", where).content)

    def it_is_submitted(self) -> None:
        self._more_time_if_needed()
        self.c.say("The lead submits it before the deadline, and gets a receipt.")
        self.submission = self.c.post(self.lead, f"{self.base}/submissions")
        receipt = self.submission["receipt"]
        print(f"      received at {receipt['submitted_at']}, hash {receipt['sha256']}")

    def _more_time_if_needed(self) -> None:
        left = datetime.fromisoformat(self.opportunity["submission_deadline"]) - datetime.now(UTC)
        if left > timedelta(seconds=15):
            return
        self.c.say("The deadline is near, so the council moves it, for everybody.")
        path = f"/v1/opportunities/{self.opportunity['id']}"
        etag = self.c.call(self.council, "GET", path).headers["ETag"]
        later = {"submission_deadline": (datetime.now(UTC) + timedelta(seconds=30)).isoformat()}
        self.opportunity = self.c.call(self.council, "PATCH", path, later, etag=etag).json()

    def council_pulls_it(self) -> None:
        deadline = datetime.fromisoformat(self.opportunity["submission_deadline"])
        wait = (deadline - datetime.now(UTC)).total_seconds() + 1
        self.c.say(
            f"Sealed until the deadline: nobody at the council sees even how many bids there are. {wait:.0f} seconds."
        )
        time.sleep(max(0.0, wait))
        self.c.say("The council's own system signs in with OAuth2 and pulls the bid from the feed.")
        client = self.c.post(
            self.council,
            f"/v1/organisations/{self.council.organisation_id}/clients",
            {"name": "Procurement system", "scopes": ["submissions:read", "submissions:write"]},
        )
        granted = self.c.http.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(client["client_id"], client["client_secret"]),
        ).json()
        token = granted["access_token"]
        feed = self.c.get(token, f"/v1/submissions?opportunity_id={self.opportunity['id']}")
        submission = feed["items"][0]
        names = ", ".join(tenderer["name"] for tenderer in submission["tenderers"])
        print(f"      tenderers: {names}; hash {submission['sha256'][:16]}…")
        where = f"/v1/submissions/{submission['id']}"
        self.c.call(token, "GET", f"{where}/document.pdf")
        self.c.post(token, f"{where}/acknowledge")
        self.c.say("It awards the lots, with scores and feedback; the partners read them.")
        questions = {question["key"]: question["id"] for question in self.opportunity["questions"]}
        outcome = {
            "results": [
                {
                    "lot_id": lot["id"],
                    "outcome": "awarded",
                    "scores": [
                        {
                            "question_id": questions["approach"],
                            "score": "54",
                            "max": "60",
                            "explanation_markdown": "Strong.",
                        },
                        {
                            "question_id": questions["safety"],
                            "score": "36",
                            "max": "40",
                            "explanation_markdown": "Clear.",
                        },
                    ],
                }
                for lot in self.opportunity["lots"]
            ],
            "feedback_markdown": "A bid in which the small partners can be heard.",
        }
        self.c.post(token, f"{where}/outcome", outcome)
        print(f"      status of the proposal: {self.c.get(self.small, self.base)['status']}")
