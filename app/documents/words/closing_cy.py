"""Cymraeg, parhad: key for key as in `closing_en.py`."""

CLOSING_CY = {
    # Datganiadau
    "statements.intro": "Gwnaeth pob partner y datganiadau hyn drosto'i hun.",
    "statements.table": "Atebion pob partner",
    "statement.non_collusion": "Peidio â chydgynllwynio",
    "statement.conflicts_of_interest": "Gwrthdaro buddiannau",
    "statement.exclusion_grounds": "Seiliau gwahardd",
    "statement.connected_persons": "Personau cysylltiedig",
    "statement.insurance": "Yswiriant",
    "statement.modern_slavery": "Caethwasiaeth fodern",
    "statement.subsidies_received": "Cymorthdaliadau a dderbyniwyd",
    "answer.yes": "Ydy",
    "answer.no": "Nac ydy",
    "answer.none": "Dim",
    "answer.not_applicable": "Ddim yn berthnasol",
    # Tegwch
    "fairness.intro": (
        "Canfyddiadau a gyfrifwyd ynghylch pa mor deg yw'r trefniant i'w bartneriaid llai, a agorwyd gan bob un ohonynt."
    ),
    "fairness.table": "Gwiriadau tegwch",
    "fairness.check": "Gwiriad",
    "fairness.state": "Cyflwr",
    "fairness.finding": "Canfyddiad",
    "fairness.founding_aims": "Nodau sylfaenol",
    "fairness.dependency": "Dibyniaeth",
    "fairness.voice": "Llais",
    "fairness.sustainability": "Cynaliadwyedd",
    "fairness.knowledge_and_assets": "Gwybodaeth ac asedau",
    "fairness.payment": "Talu",
    "fairness.liability": "Atebolrwydd",
    "check_state.ok": "Mewn trefn",
    "check_state.attention": "Angen sylw",
    "check_state.serious": "Difrifol",
    # Cyfrinachedd
    "confidentiality.intro": (
        "Mae'r partneriaid yn gofyn i'r awdurdod gadw hyn yn ôl o dan gyfraith rhyddid gwybodaeth. Yr awdurdod sy'n penderfynu."
    ),
    "confidentiality.table": "Hawliadau cyfrinachedd",
    "confidentiality.what": "Beth",
    "confidentiality.reason": "Pam",
    "confidentiality.basis": "Sail",
    "confidentiality.until": "Hyd",
    "pointer.sections": "Ateb neu ran o'r testun",
    "pointer.budget": "Y gyllideb",
    "pointer.contributions": "Cyfraniad",
    "pointer.partners": "Manylion partner",
    "pointer.structure": "Y strwythur",
    "pointer.attachments": "Dogfen",
    # Dogfennau
    "attachments.table": "Dogfennau a'u holion bysedd",
    "attachments.name": "Dogfen",
    "attachments.of": "Gan",
    "attachments.sha256": "SHA-256",
    "pack.left_out": "Ffeiliau a adawyd allan o'r pecyn hwn",
    "pack.left_out.note": (
        "Mae'r ffeiliau hyn yn rhan o'r cais, ac enwodd eu perchnogion pwy gaiff eu darllen. Nid ydych chi yn eu plith, felly "
        "nid ydynt yn y pecyn hwn. Cyn i neb gyflwyno'r cais ar wefan arall, gofynnwch i bartner a gaiff eu darllen i gyd wneud "
        "y pecyn, neu i'w perchnogion eu hychwanegu.\n\n{files}\n"
    ),
    # Llofnodion
    "signatures.preview": "Drafft yw hwn. Nid oes neb wedi'i lofnodi, a gall newid o hyd.",
    "signatures.words_intro": "Llofnododd pob llofnodwr gyda'r geiriau hyn:",
    "signatures.table": "Llofnodion",
    "signatures.organisation": "Dros",
    "signatures.person": "Llofnodwyd gan",
    "signatures.basis": "Awdurdod o",
    "signatures.when": "Pryd",
    "signatures.waiting": "Eto i lofnodi: {names}. Hyd nes y gwnânt, drafft yw hwn.",
    "signatures.withdrawn": "Tynnwyd y fersiwn hwn yn ôl. Nid yw ei lofnodion yn cyfrif mwyach.",
    "basis.constitution": "Cyfansoddiad",
    "basis.resolution": "Penderfyniad",
    "basis.delegation": "Dirprwyo",
    "check.title": "Sut i wirio'r ddogfen hon",
    "check.edition": "Fersiwn",
    "check.code": "Cod byr",
    "check.sha256": "SHA-256",
    "check.address": "Gwirio yn",
    "check.how": (
        "Llofnod o'r SHA-256 uchod yw pob llofnod. Dyma ôl bys testun y cais fel data (document.json, JSON canonaidd yn "
        "ôl RFC 8785): o newid un atalnod, un arall fydd."
    ),
    "check.how_online": (
        "Llofnod o'r SHA-256 uchod yw pob llofnod. Dyma ôl bys testun y cais fel data (document.json, JSON canonaidd yn "
        "ôl RFC 8785): o newid un atalnod, un arall fydd. Mae'r cyfeiriad uchod yn dweud a lofnodwyd fersiwn gyda'r ôl "
        "bys hwn, gan bwy a phryd."
    ),
    "check.attached": (
        "Mae PDF y ddogfen hon yn cario document.json fel atodiad: tynnwch ef allan, cyfrifwch ei SHA-256, a'i gymharu "
        "â'r un uchod."
    ),
    "check.attachment": "Testun llofnodedig y cais hwn fel JSON canonaidd",
    "check.kind": (
        "Llofnodion electronig syml yw'r rhain. Maent yn cytuno ar gynnwys y fersiwn hwn ac yn awdurdodi ei gyflwyno; "
        "nid gweithred ydynt, na'r cytundeb cydweithio rhwng y partneriaid, na'r contract."
    ),
    # Yr atodiad
    "annex.title": "Atodiad y partneriaid",
    "annex.title_of": "Atodiad: {title}",
    "annex.for_partners": "I'r partneriaid yn unig y mae'r atodiad hwn. Ei ôl bys a gaiff y comisiynydd, nid ei destun.",
    "annex.for_partners_short": "I'r partneriaid yn unig",
    "part.annex_expectations": "Yr hyn y mae pob partner yn ei ddisgwyl, a sut y caiff ei fodloni",
    "part.annex_decisions": "Penderfyniadau",
    "part.annex_difficulties": "Anawsterau a godwyd gyda phawb",
    "annex.expectations_table": "Yr holl ddisgwyliadau",
    "annex.state": "Sut y caiff ei fodloni",
    "annex.waived": "Hepgorwyd gan ei berchennog: {why}",
    "annex.matter": "Mater",
    "annex.result": "Canlyniad",
    "annex.votes": "Pleidleisiau",
    "annex.answer_of": "{partner} ar {check}",
    "annex.chosen": "Dewiswyd",
    "annex.former_partner": "Partner sydd wedi gadael",
    "expectation_state.met": "Bodlonwyd",
    "expectation_state.partly_met": "Bodlonwyd yn rhannol",
    "expectation_state.unmet": "Heb ei fodloni",
    "expectation_state.contradicted": "Gwrthddywedwyd",
    "expectation_state.waived": "Hepgorwyd",
    "decision.open": "Agored",
    "decision.passed": "Derbyniwyd",
    "decision.failed": "Ni dderbyniwyd",
    "decision.closed": "Caewyd",
    "vote.for": "O blaid",
    "vote.against": "Yn erbyn",
    "vote.abstain": "Ymatal",
    "difficulty.resolved": "Datryswyd",
    "difficulty.agreed_to_differ": "Cytunwyd i anghytuno",
    "difficulty.escalated": "Aethpwyd ymhellach",
    "difficulty.withdrawn": "Tynnwyd yn ôl",
    # Yr hyn y mae pob datganiad yn ei ateb, a sail hawliad
    "statement_question.non_collusion": "A yw'r sefydliad hwn wedi paratoi ei ran ar ei ben ei hun, gan gytuno ar brisiau a thelerau â neb ond ei bartneriaid yn y cais hwn?",
    "statement_question.conflicts_of_interest": "A oes gan unrhyw un yn y sefydliad hwn fuddiant yn y prynwr neu yn y penderfyniad hwn, neu'r prynwr ynddo yntau?",
    "statement_question.exclusion_grounds": "A oes unrhyw sail gwahardd orfodol neu ddewisol yn rheolau'r alwad hon yn berthnasol i'r sefydliad hwn?",
    "statement_question.connected_persons": "Pwy sy'n rheoli neu'n cyfarwyddo'r sefydliad hwn: cyfarwyddwyr, ymddiriedolwyr, rhiant-gyrff, perchnogion mwyafrifol?",
    "statement_question.insurance": "A oes gan y sefydliad hwn, neu a fydd ganddo cyn dechrau, yr yswiriant y mae'r alwad yn gofyn amdano?",
    "statement_question.modern_slavery": "A yw'r sefydliad hwn yn rhydd o gaethwasiaeth fodern yn ei waith a'i gyflenwad, ac a yw'n cyhoeddi datganiad lle mae'r gyfraith yn gofyn am un?",
    "statement_question.subsidies_received": "A yw'r sefydliad hwn wedi derbyn cymorthdaliadau cyhoeddus neu gymorth ariannol isel yn y flwyddyn ariannol hon a'r ddwy flynedd ddiwethaf?",
    "claim_basis.foia_s41": "Deddf Rhyddid Gwybodaeth 2000, adran 41",
    "claim_basis.foia_s43": "Deddf Rhyddid Gwybodaeth 2000, adran 43",
    "claim_basis.eir_12_5_e": "Rheoliadau Gwybodaeth Amgylcheddol 2004, rheoliad 12(5)(e)",
    "claim_basis.pa2023_s94": "Deddf Caffael 2023, adran 94",
    "claim_basis.other": "Sail arall",
}
