"""Cymraeg: geiriau'r cytundeb cydweithio, cymal wrth gymal, key for key as in `agreement_en.py`.

'Clause' is 'cymal' and 'Schedule' 'Atodlen', worded so that neither is mutated before its number. Names of
organisations are never mutated. The draft says on its first page that a professional should read its Welsh.
"""

AGREEMENT_CY = {
    "agreement.title": "Cytundeb cydweithio",
    "agreement.title_of": "Cytundeb cydweithio: {title}",
    "agreement.eyebrow": "I'r partneriaid: drafft i fynd ag ef at gyfreithiwr",
    "agreement.cover.contract": "Ar gyfer y contract",
    "agreement.cover.with": "Gyda",
    "agreement.cover.between": "Rhwng",
    "agreement.cover.and": "a hefyd",
    "agreement.cover.status": "Statws",
    "agreement.cover.draft": "Drafft. Heb ei gytuno gan neb, a heb ei lofnodi gyda'r cais",
    "agreement.footer": "Drafft o gytundeb cydweithio",
    # Cyn llofnodi
    "agreement.before": "Cyn llofnodi",
    "agreement.before.draft": (
        "Drafft yw hwn, a luniwyd o'r hyn a gofnododd y partneriaid wrth ysgrifennu eu cais; awgrym yw popeth na "
        "chofnododd neb. Nid cyngor cyfreithiol mohono. Cyn i neb ei lofnodi, ewch ag ef at gyfreithiwr sy'n gyfarwydd â "
        "chontractau rhwng elusennau, a gadewch i fwrdd pob partner ei ddarllen."
    ),
    "agreement.before.not_signed": (
        "Nid yw llofnodi'r cais yn llofnodi'r cytundeb hwn: mae llofnodion y cais yn cytuno ar gynnwys y cais ac yn "
        "awdurdodi ei gyflwyno, a dim mwy."
    ),
    "agreement.before.translation": (
        "Nid yw geiriad Cymraeg y drafft hwn wedi'i wirio gan gyfieithydd proffesiynol. Cyn dibynnu arno, gofynnwch i "
        "gyfreithiwr neu gyfieithydd cyfreithiol sy'n gweithio yn Gymraeg ei ddarllen; ac os defnyddiwch fersiwn Saesneg "
        "hefyd, penderfynwch pa un sy'n drech."
    ),
    "agreement.blanks": "Bylchau i'w llenwi",
    "agreement.blanks.intro": (
        "Mae'r hyn nad yw'r partneriaid wedi'i setlo eto yn sefyll yn y testun fel bwlch wedi'i rifo mewn bachau petryal."
    ),
    "agreement.blanks.table": "Bylchau yn y drafft hwn",
    "agreement.blanks.number": "Bwlch",
    "agreement.blanks.what": "Beth i'w lenwi",
    "agreement.blanks.clause": "Cymal",
    # Y partïon a'r geiriau
    "agreement.parties": "Y partïon a'r geiriau",
    "agreement.parties.date": "Dyddiad y cytundeb hwn yw {date}. Fe'i gwneir rhwng:",
    "agreement.parties.words": (
        "Ystyr 'yr Arweinydd' yw {lead}. Ystyr 'y Consortiwm' yw'r partneriaid yn cydweithio o dan y cytundeb hwn. Ystyr "
        "'y Comisiynydd' yw {buyer}. Ystyr 'y Contract' yw'r hyn y mae'r Comisiynydd yn ei ddyfarnu ar gyfer '{call}'. "
        "Ystyr 'y Cais' yw cais y partneriaid ar y cyd, '{bid}', yn y fersiwn a lofnodwyd gan bob un ohonynt."
    ),
    "agreement.parties.lots": "Cais am y lotiau hyn yw'r Cais: {lots}.",
    "agreement.parties.described": "{role}; {form}",
    "agreement.parties.registered": "{role}; {form}; cofrestrwyd fel {numbers}",
    "agreement.parties.personally": (
        "{described}. Nid oes ganddo bersonoliaeth gyfreithiol: aelodau ei bwyllgor sy'n llofnodi, ac a rwymir, yn bersonol"
    ),
    "agreement.blank.date": "y dyddiad y mae'r partner olaf yn llofnodi",
    "agreement.blank.lead": "y partner sy'n arwain",
    "agreement.blank.buyer": "enw'r comisiynydd",
    # Diben
    "agreement.purpose": "Diben",
    "agreement.purpose.together": (
        "Mae'r partneriaid yn cydweithio i ennill y Contract ac i gyflawni'r hyn y mae'r Cais yn ei addo."
    ),
    "agreement.purpose.aims": "Mae {partner} yn cymryd rhan er mwyn cyflawni ei amcanion ei hun: {aims}.",
    "agreement.purpose.no_partnership": (
        "Nid oes dim yn y cytundeb hwn yn gwneud y partneriaid yn bartneriaeth yn ôl y gyfraith, nac yn gwneud un yn asiant "
        "i un arall y tu hwnt i'r hyn y mae cymal {clause} yn ei ddweud, nac yn gwneud un yn gyflogwr i staff un arall."
    ),
    "agreement.purpose.not_awarded": (
        "Os na ddyfernir y Contract i'r Consortiwm, daw'r cytundeb hwn i ben, ac eithrio cymal {clause}."
    ),
    # Pwy sy'n contractio a phwy a delir
    "agreement.structure": "Pwy sy'n contractio a phwy a delir",
    "agreement.structure.to_be_formed": (
        "Bydd {owners} yn ffurfio {vehicle} ('y Cyfrwng') ac yn berchen arno gyda'i gilydd, yn ôl y cyfrannau hyn: {shares}. "
        "Hyd nes y caiff ei ffurfio nid oes neb yn contractio yn ei enw: byddai pwy bynnag a wnâi hynny wedi'i rwymo'n "
        "bersonol (Deddf Cwmnïau 2006, adran 51)."
    ),
    "agreement.structure.formed": "Eiddo {owners} yw {vehicle} ('y Cyfrwng').",
    "agreement.structure.contracts_one": "{names} sy'n dal y Contract gyda'r Comisiynydd.",
    "agreement.structure.contracts_many": "Mae {names} bob un yn dal contract gyda'r Comisiynydd.",
    "agreement.structure.contracts_vehicle": "Y Cyfrwng sy'n dal y Contract gyda'r Comisiynydd.",
    "agreement.structure.contracts_blank": "Delir y Contract gan {who}.",
    "agreement.structure.paid": "Mae'r Comisiynydd yn talu {names}.",
    "agreement.structure.flow_down": (
        "Mae dyletswyddau'r Contract, a'i delerau talu, yn rhwymo'r partneriaid eraill fel y maent yn rhwymo pwy bynnag sy'n "
        "dal y Contract, bob un am ei ran ei hun o'r gwaith."
    ),
    "agreement.structure.custom": "Cytunodd y partneriaid hefyd, yn eu geiriau eu hunain:",
    "agreement.structure.terms": "Mae'r telerau hyn yn gymwys rhwng y partneriaid:",
    "agreement.blank.vehicle": "enw'r cyfrwng",
    "agreement.blank.owners": "perchnogion y cyfrwng a'u cyfrannau",
    "agreement.blank.shares": "cyfran pob perchennog yn y cyfrwng",
    "agreement.blank.contracts": "pwy sy'n contractio gyda'r comisiynydd",
    "agreement.blank.paid": "pwy y mae'r comisiynydd yn ei dalu",
    # Rolau ac awdurdod
    "agreement.roles": "Rolau ac awdurdod",
    "agreement.roles.lead": "{partner} yw'r Arweinydd.",
    "agreement.roles.member": "Mae {partner} yn aelod.",
    "agreement.roles.subcontractor": "Mae {partner} yn gweithio fel is-gontractwr i {main}.",
    "agreement.roles.associate": (
        "Mae {partner} yn cefnogi'r Cais fel cyswllt. Ni chaiff ei dalu ac nid yw'n contractio."
    ),
    "agreement.roles.relied_on": "Mae'r Cais yn dibynnu ar {partner} am hyn: {what}.",
    "agreement.roles.authority": (
        "{lead} sy'n cyflwyno'r Cais, yn siarad â'r Comisiynydd ar ran y Consortiwm ac yn rhoi gwybod i'r lleill am yr hyn y "
        "mae'n ei glywed o fewn dau ddiwrnod gwaith. Nid yw'n rhwymo partner arall ond cyn belled ag y mae awdurdod "
        "ysgrifenedig y partner hwnnw'n ymestyn."
    ),
    "agreement.roles.given": (
        "Rhoddodd {partner} ei awdurdod ysgrifenedig ar {day}, drwy {name}, {role}. Daw'r awdurdod i ben pan newidir yr "
        "Arweinydd."
    ),
    "agreement.the_lead": "Yr Arweinydd",
    "agreement.blank.main": "i bwy y mae {partner} yn is-gontractwr",
    # Yr hyn y mae pob partner yn ei gyfrannu
    "agreement.inputs": "Yr hyn y mae pob partner yn ei gyfrannu",
    "agreement.inputs.schedule": (
        "Mae pob partner yn cyfrannu'r hyn y mae Atodlen {schedule} yn ei restru ar ei gyfer. Nid arian yw'r hyn a roddir mewn "
        "nwyddau neu wasanaethau, ac ni chaiff ei gyfrif fel arian."
    ),
    "agreement.inputs.certainty": (
        "Mae cyfraniad a nodir yn amodol yn ddyledus unwaith y bodlonir ei amod; nid yw un y gobeithir amdano yn ddyledus, a "
        "bydd y partner yn dweud cyn gynted ag y gŵyr a ddaw ai peidio."
    ),
    "agreement.inputs.failing": (
        "Mae partner na all gyfrannu'r hyn a addawodd yn dweud wrth y lleill ar unwaith, a byddant yn penderfynu beth sy'n "
        "dilyn yn ôl cymal {clause}."
    ),
    # Arian
    "agreement.money": "Arian",
    "agreement.money.shares": "O'r pris, mae pob partner yn cael yr hyn y mae Atodlen {schedule} yn ei nodi, yn net o TAW.",
    "agreement.money.days": (
        "Mae pwy bynnag a delir gan y Comisiynydd yn talu pob partner arall o fewn {days} diwrnod i anfoneb briodol."
    ),
    "agreement.money.how": "Telir y partneriaid fel a ganlyn: {how}.",
    "agreement.money.arrears": "Telir y partneriaid mewn ôl-daliadau, bob mis.",
    "agreement.money.advance": "Telir y partneriaid ymlaen llaw, bob chwarter.",
    "agreement.money.law": (
        "Mae contractau cyhoeddus yn cynnwys teler sy'n gofyn am dalu o fewn 30 diwrnod, hyd at is-gontractwyr (Deddf Caffael "
        "2023, adran 73). Lle mae hynny'n gymwys, nid oes effaith i gyfnod hwy yn y cytundeb hwn."
    ),
    "agreement.money.vat": "Ychwanegir TAW lle mae'n ddyledus. Mae'r partneriaid yn dilyn y cyngor hwn ar TAW: {advice}.",
    "agreement.money.own_cost": "Mae pob partner yn ysgwyddo ei gost ei hun o baratoi'r Cais.",
    "agreement.money.records": (
        "Mae pob partner yn cadw cofnodion o'r hyn a wariodd, am chwe blynedd, ac yn eu dangos i bwy bynnag sy'n dal y Contract "
        "pan fydd y Comisiynydd yn gofyn."
    ),
    "agreement.blank.days": "nifer y dyddiau ar gyfer talu partneriaid",
    "agreement.blank.how_paid": "ymlaen llaw ynteu mewn ôl-daliadau, a pha mor aml",
    "agreement.blank.vat": "yr hyn a ddywedodd cynghorydd am TAW rhwng y partneriaid",
    # Atebolrwydd ac yswiriant
    "agreement.liability": "Atebolrwydd ac yswiriant",
    "agreement.liability.contractor": (
        "Tuag at y Comisiynydd, mae pob partner sy'n dal y Contract yn atebol am y cyfan o'r hyn y contractiodd i'w wneud. "
        "Mae'r partneriaid eraill yn atebol iddo am eu rhan eu hunain, drwy'r cytundeb hwn."
    ),
    "agreement.liability.several": "Mae pob partner yn atebol am ei ran ei hun o'r gwaith, ac nid am ran neb arall.",
    "agreement.liability.joint_and_several": (
        "Mae'r partneriaid sy'n contractio yn atebol i'r Comisiynydd ar y cyd ac yn unigol: gall droi at unrhyw un ohonynt am y "
        "cyfan. Rhyngddynt eu hunain, mae pob un yn ysgwyddo'r hyn a achosodd ei ran ei hun o'r gwaith, ac yn ad-dalu i'r lleill "
        "yr hyn y bu'n rhaid iddynt ei dalu am y rhan honno."
    ),
    "agreement.liability.vehicle": (
        "Y Cyfrwng sy'n atebol i'r Comisiynydd. Nid oes unrhyw bartner yn atebol am ddyledion y Cyfrwng y tu hwnt i'r hyn sy'n "
        "ddyledus ganddo fel perchennog a'r hyn y mae'n ei warantu yn ysgrifenedig."
    ),
    "agreement.liability.shared": (
        "Mae'r partneriaid a'r Comisiynydd yn rhannu risg ac elw fel y dywed y cytundeb cynghrair rhyngddynt."
    ),
    "agreement.liability.unsettled": "Mae'r atebolrwydd fel a ganlyn: {who}.",
    "agreement.liability.limit": (
        "Dyma'r terfyn ar yr hyn y gellir gorfodi un partner i'w dalu o dan y cytundeb hwn: {limit}."
    ),
    "agreement.liability.insurance": "Mae pob partner yn cadw'r yswiriannau hyn: {insurances}.",
    "agreement.blank.liability": "pwy sy'n atebol i'r comisiynydd, a sut",
    "agreement.blank.limit": "terfyn y mae pob bwrdd yn ei dderbyn",
    "agreement.blank.insurance": "pa yswiriannau, ac am faint",
    # Penderfyniadau ac anghydfodau
    "agreement.decisions": "Penderfyniadau",
    "agreement.rule.consensus": (
        "Gwneir penderfyniadau drwy gonsensws: derbynnir cynnig pan fydd pob partner yn cytuno."
    ),
    "agreement.rule.consent": (
        "Gwneir penderfyniadau drwy gydsyniad: derbynnir cynnig oni bai bod partner yn gwrthwynebu ac yn rhoi ei reswm."
    ),
    "agreement.rule.majority": "Gwneir penderfyniadau drwy fwyafrif y partneriaid. Mae gan bob partner un bleidlais.",
    "agreement.rule.weighted": (
        "Gwneir penderfyniadau drwy bleidleisiau wedi'u pwysoli. Am y pwysau, gweler cymal {clause}."
    ),
    "agreement.rule.lead_decides": "Yr Arweinydd sy'n penderfynu, ar ôl clywed y partneriaid eraill.",
    "agreement.decisions.unsettled": "Gwneir penderfyniadau fel a ganlyn: {how}.",
    "agreement.decisions.weights": "Dyma bwysau'r pleidleisiau: {weights}.",
    "agreement.decisions.reserved": (
        "Ar bob un o'r materion hyn mae gan bob partner feto, y mae'n ei ddefnyddio drwy bleidleisio yn erbyn a rhoi ei reswm:"
    ),
    "agreement.decisions.meetings": (
        "Bydd y partneriaid yn cwrdd fel a ganlyn: {how}. Anfonir at bartner na all ddod yr hyn a ddywedwyd ac a benderfynwyd."
    ),
    "agreement.disputes.steps": "Bydd y partneriaid yn cymryd y camau hyn, y naill ar ôl y llall:",
    "agreement.disputes.meanwhile": (
        "Tra bydd anghytundeb yn parhau, bydd pob partner yn bwrw ymlaen â'i ran ei hun o'r gwaith, ac ni fydd y bobl sy'n "
        "defnyddio'r gwasanaeth yn sylwi dim arno."
    ),
    "agreement.blank.rule": "sut y gwneir penderfyniadau",
    "agreement.blank.weights": "pwysau pob pleidlais",
    "agreement.blank.meetings": "pa mor aml, a phwy sy'n galw'r cyfarfodydd",
    "agreement.blank.disputes": "y camau o sgwrs gyntaf hyd at gyfryngu, bob un gyda'i nifer o ddiwrnodau",
    # Gwybodaeth
    "agreement.information": "Gwybodaeth",
    "agreement.information.confidential": (
        "Cedwir yn gyfrinachol yr hyn y mae un partner yn ei ddweud wrth un arall ar gyfer y Cais neu'r Contract; fe'i "
        "defnyddir at eu dibenion hwy yn unig, ac fe'i rhoddir yn ôl neu fe'i dinistrir pan fydd partner yn gadael. Mae hyn yn "
        "parhau am y cyfnod hwn ar ôl i'r cytundeb ddod i ben: {years}."
    ),
    "agreement.information.rivals": (
        "Gall y partneriaid fod yn cystadlu â'i gilydd mewn ceisiadau eraill. Nid ydynt yn rhannu mwy am brisiau a chynlluniau "
        "nag sydd ei angen ar gyfer y Contract hwn, ac nid oes dim yma sy'n rhwystro partner rhag gwneud cais yn rhywle arall "
        "oni bai bod telerau'r partneriaid eu hunain yn y cytundeb hwn yn dweud hynny."
    ),
    "agreement.information.controller": (
        "{names} yw rheolydd data personol y gwasanaeth. Bydd y partneriaid yn llofnodi cytundeb rhannu data cyn i unrhyw ddata "
        "personol symud rhyngddynt."
    ),
    "agreement.information.controllers": (
        "{names} yw rheolyddion data personol y gwasanaeth. Bydd y partneriaid yn llofnodi cytundeb rhannu data cyn i unrhyw "
        "ddata personol symud rhyngddynt."
    ),
    "agreement.information.foi": (
        "Os gofynnir i bwy bynnag sy'n dal y Contract am wybodaeth o dan gyfraith rhyddid gwybodaeth, bydd yn holi'r partner dan "
        "sylw yn gyntaf; mae awdurdod cyhoeddus yn penderfynu drosto'i hun."
    ),
    "agreement.information.publicity": (
        "Mae pob cyhoeddiad am y gwasanaeth yn enwi pob partner sy'n ei gyflawni, mewn llythrennau o'r un maint."
    ),
    "agreement.blank.years": "faint o flynyddoedd, er enghraifft pum mlynedd",
    "agreement.blank.controller": "pwy sy'n dal data personol y gwasanaeth",
    # Asedau, pobl
    "agreement.assets": "Asedau, eiddo deallusol a gwybodaeth",
    "agreement.assets.before": (
        "Mae'r hyn yr oedd partner yn berchen arno o'r blaen yn parhau'n eiddo iddo. Mae'n gadael i'r lleill ei ddefnyddio ar "
        "gyfer y Contract, yn ddi-dâl, tra bydd y Contract yn rhedeg."
    ),
    "agreement.assets.schedule": (
        "Mae Atodlen {schedule} yn dweud pwy sy'n berchen ar bob ased a phob darn o eiddo deallusol nawr, yn ystod y Contract ac "
        "wedyn."
    ),
    "agreement.assets.made": "Mae'r hyn a wneir neu a brynir ar gyfer y Contract yn eiddo i {who}.",
    "agreement.assets.learns": "Mae {learner} yn dysgu hyn gan {teacher}: {what}.",
    "agreement.assets.learns_how": "Mae {learner} yn dysgu hyn gan {teacher}: {what}, a hynny fel hyn: {how}.",
    "agreement.people": "Staff a diogelu",
    "agreement.people.staff": (
        "Mae pob partner yn cyflogi ac yn yswirio ei staff ei hun. Ynghylch staff a allai drosglwyddo (TUPE), mae'r partneriaid "
        "yn cytuno fel a ganlyn: {tupe}."
    ),
    "agreement.people.safeguarding": (
        "Mae pob partner yn dilyn ei bolisi diogelu ei hun a gweithdrefnau'r ardal. Bydd pwy bynnag sy'n meddwl y gallai plentyn "
        "neu oedolyn fod mewn perygl yn dweud ar unwaith wrth berson dynodedig ei sefydliad ei hun ac wrth yr awdurdod lleol; nid "
        "oes dim yn y cytundeb hwn yn rhwystr i hynny."
    ),
    "agreement.blank.made": "pwy sy'n berchen ar yr hyn a wneir neu a brynir ar gyfer y contract",
    "agreement.blank.tupe": "a yw staff yn trosglwyddo, a phwy sy'n ysgwyddo'r gost",
    # Gadael, y diwedd, cyffredinol
    "agreement.leaving": "Gadael, a newid yr Arweinydd",
    "agreement.leaving.terms": "Mae partner yn gadael ar y telerau hyn:",
    "agreement.leaving.removal": (
        "Ni chaiff partner ei dynnu o'r Consortiwm ond drwy benderfyniad y lleill, ar ôl ei glywed, am doriad difrifol nas "
        "cywirodd yn yr amser a roddir iddo: {days}."
    ),
    "agreement.leaving.bound": (
        "Mae cymal {clause} yn dal i rwymo partner sy'n gadael, a thelir ef am yr hyn a wnaeth hyd hynny."
    ),
    "agreement.leaving.lead": "Os bydd yn rhaid newid yr Arweinydd, bydd hyn yn digwydd:",
    "agreement.leaving.no_veto": (
        "Mewn penderfyniad i newid yr Arweinydd, mae'r Arweinydd presennol yn pleidleisio ond nid oes ganddo feto."
    ),
    "agreement.blank.leaving": (
        "sut y mae partner yn gadael: rhybudd, yr hyn y mae'n ei gymryd gydag ef, yr hyn sy'n ddyledus ganddo o hyd"
    ),
    "agreement.blank.days_to_mend": "sawl diwrnod sydd gan bartner i gywiro toriad",
    "agreement.blank.lead_replaced": (
        "pwy sy'n arwain os bydd yr arweinydd yn gadael, yn methu neu'n cael ei newid, a hyd pryd"
    ),
    "agreement.ending.term": (
        "Mae'r cytundeb hwn yn dechrau pan fydd y partner olaf wedi'i lofnodi, ac yn dod i ben pan fydd popeth o dan y Contract "
        "wedi'i gyflawni a'i dalu a chyfrif wedi'i roi amdano."
    ),
    "agreement.ending.plan": "Bydd y partneriaid yn paratoi at y diwedd fel a ganlyn:",
    "agreement.ending.remains": "Mae hyn yn aros wedyn:",
    "agreement.ending.funding": "Telir am yr hyn sy'n aros fel a ganlyn:",
    "agreement.blank.ending": "yr hyn a wneir ym misoedd olaf y contract",
    "agreement.general": "Cyffredinol",
    "agreement.general.change": (
        "Ni newidir y cytundeb hwn ond yn ysgrifenedig, wedi'i lofnodi gan bob partner. Penderfynir ar fater y mae cymal {clause} "
        "yn gymwys iddo yn ôl y cymal hwnnw, oni bai ei fod yn newid y testun hwn."
    ),
    "agreement.general.order": (
        "Lle mae'r cytundeb hwn a'r Contract yn gwrth-ddweud ei gilydd, y Contract sy'n drech; lle mae'r cytundeb hwn a'r Cais yn "
        "gwneud hynny, y Cais sy'n drech."
    ),
    "agreement.general.third_parties": "Nid oes gan neb ond y partneriaid hawliau o dan y cytundeb hwn.",
    "agreement.general.law": "Mae cyfraith {law} yn gymwys, a'i llysoedd sy'n penderfynu.",
    "agreement.blank.law": "Cymru a Lloegr, yr Alban neu Ogledd Iwerddon",
    # Llofnodion ac atodlenni
    "agreement.signing": "Llofnodion",
    "agreement.signing.who": (
        "Mae pob partner yn llofnodi drwy bwy bynnag sydd â hawl i'w rwymo yn ôl ei gyfansoddiad."
    ),
    "agreement.signing.table": "I'w lofnodi gan",
    "agreement.signing.name": "Enw a rôl",
    "agreement.signing.signature": "Llofnod",
    "agreement.signing.date": "Dyddiad",
    "agreement.schedule": "Atodlen {n}",
    "agreement.schedule.titled": "Atodlen {n}: {title}",
    "agreement.schedule.contributions": "Cyfraniadau",
    "agreement.schedule.money": "Yr hyn y mae pob partner yn ei gael",
    "agreement.schedule.shares": "Cyfrannau o'r pris",
    "agreement.schedule.years": "Blynyddoedd",
    "agreement.blank.inputs": "yr hyn y mae pob partner yn ei gyfrannu",
    "agreement.blank.money": "yr hyn y mae pob partner yn ei gael, fesul blwyddyn",
}
