"""The words by which a procedure is told from other lists. No document in mind; extend freely."""

from __future__ import annotations

import re

# Verbs with which instructions begin, from operations, laboratory, software and office texts.
VERBS = frozenset(
    re.findall(
        r"\S+",
        """
    accept access acknowledge activate add address adjust advise agree aim align aliquot allocate allow
    amend analyse analyze announce answer apologise apologize append apply approve archive arrange ask
    assemble assess assign assist assume attach attend audit authenticate authorise authorize autoclave
    avoid await back backfill backup bake balance begin bind bleach block blot book boot bootstrap bring
    browse bubble build bump buy calculate calibrate call cancel cap capture carry cast catch cc cd
    centrifuge change charge chat check checkout cherry-pick chill chip choose chop clamp clarify clean
    clear click clone close collaborate collect combine come comment commit communicate compare compile
    complete compute conduct confer configure confirm connect consider consult contact continue convert
    cool coordinate copy cordon correct correlate count cover craft crank create credit crimp cross-post
    cut cycle debit debrief debug decant decide declare decline decrease define defrost delegate delete
    deliver demote deploy deprecate describe designate destroy detach determine develop dice dig dilute
    dip direct disable disassemble discard disconnect discuss disinfect dismantle dispatch dispense
    display dispose dissolve distribute divide do document double double-bag double-check double-click
    download draft drag drain draw drill drive drop dry dump duplicate edit elect elute email empty
    emulsify enable encourage end enforce engage enlist enrol enroll ensure enter erase err escalate
    establish estimate evacuate evaluate examine exchange exclude execute exit expand explain export
    expose extend extract facilitate familiarise familiarize fast-forward feed fetch file fill filter
    finalise finalize find fine-tune finish fix flag flip flush fold follow follow-up force fork format
    forward freeze garnish gather generate get give go grab grant grease greet grep grind group hand
    handle hang have heat help highlight hit hold homogenise homogenize host hover hydrate hydrolyze
    identify ignore implement import improve include incorporate increase incubate inform initialise
    initialize initiate inject input insert inspect install instruct integrate interact introduce invert
    investigate invite invoice invoke involve isolate issue join jump keep kick kill knead label land
    launch lay lead learn leave let level liaise lift limit link lint list listen load loan locate lock
    log login look loosen lower lubricate lyse mail maintain make manage manually mark match measure
    meet mention merge message microwave mix modify monitor mop mount move mute name navigate neutralise
    neutralize note notify number observe obtain offer onboard open optimise optimize order organise
    organize overlay override pack package page paginate pair palletise palletize park parse participate
    pass paste patch pause pay peel perform perfuse permit photograph pick pin ping pipette place plan
    plate play plug point poll pop populate post pour practice practise pre-evacuate pre-heat
    pre-moisten pre-warm pre-wet precipitate prefix preheat prepare press prevent preview print
    prioritize proceed process produce profile promote prompt propose provide provision prune publish
    pull pulse pump punch purchase purge push put quantify quarantine quench query queue rack raise rate
    re-deploy re-enable re-run re-seal reach read reassemble reassign reassure rebase reboot rebuild
    recap receive recheck recommend reconcile record recover recreate redeploy redirect redo reduce
    refer refill reformat refresh refund regenerate register rehearse reinstall reject relabel release
    reload relocate remember remind remove rename reopen reorder repeat replace replicate reply report
    repost request rerun reseal research reserve reset resolve respond restart restock restore resume
    resuspend retain retire retrieve retry return reuse reverse revert review revoke rewrite right-click
    rinse roll rotate route run sample sanitise sanitize save say scale scan schedule scoop screen
    screenshot screw scroll scrub seal search seat secure see select sell send separate sequence serve
    set settle setup shake share shift ship show shrink-wrap shut sieve sift sign simulate sit sketch
    skip slice slide snap solder solve sort sow specify spike spin split spray squash stabilize stack
    stage stain stand start stash state stay step sterilise sterilize stick stir stop store streak
    stream strip submit subscribe subtract suction sum summarise summarize supervise supply suspend swab
    swap sweep swirl switch sync synchronise synchronize tag take talk tally tap tape tare target tear
    tell terminate test thank thaw think throw tick tidy tie tighten tilt toggle top touch trace track
    train transcribe transfer translate transport treat triage trigger trim troubleshoot try tune turn
    type unblock unbolt uncap uncheck unclamp undo unfold unfreeze uninstall unload unlock unmount
    unpack unplug unpublish unregister unscrew unseal unsubscribe untick unwrap update upgrade upload
    use vacuum validate vent verify view visit vortex vote wait walk warm warn wash watch wear weigh
    weld wet wipe wire work wrap write zip zoom
        """,
    )
)

# The commonest words of English, and of French, Spanish, German, Dutch, Afrikaans, Portuguese, Italian.
ENGLISH_WORDS = frozenset(
    re.findall(r"\w+", "the and to of is you for with this that be are from it your will on if")
)
OTHER_WORDS = frozenset(
    re.findall(
        r"\w+",
        "le la les des et du une un pour dans que vous sur est avec el los las y una por con en del para se "
        "der die das und ist mit den von zu ein eine nicht auf sie het een van voor met je wordt vir om te "
        "jou u sal wat o os e do da em com il che di per",
    )
)

# Headings over procedures, and over other things.
PROCEDURE_HEADING = re.compile(
    r"\b(?:procedures?|protocols?|process|instructions?|steps?|methods?|how[ -]to|checklists?|"
    r"(?:run|play)books?|walk-?through|"
    r"mitigat\w+|resolution|remediation|diagnos\w+|troubleshoot\w*|workflow|set(?:ting)?[ -]?up|"
    r"install\w*|recipe|"
    r"recovery|verification|getting started|to[ -]do|tasks?|étapes?|procédure|marche à suivre|"
    r"liste de contrôle|"
    r"pasos?|procedimiento|instrucciones|lista de (?:control|verificación)|schritte?|anleitung|vorgehen|"
    r"ablauf|"
    r"checkliste|stappen|werkwijze|stappe|prosedure|kontrolelys|passos|procedura|passaggi)\b",
    re.I,
)
# A document that is one procedure by its title, so that even bullets under its numbered headings instruct.
RUNBOOK_TITLE = re.compile(
    r"(?!.*\bpolic(?:y|ies)\b).*\b(?:runbook|playbook|checklist|procedure|how[ -]to|sop)\b", re.I
)
OTHER_HEADING = re.compile(
    r"\b(?:materials?|equipment|reagents?|supplies|ingredients?|tools needed|contents?|toc|outline|"
    r"references?|links?|"
    r"resources|further reading|see also|related|bibliography|definitions?|glossary|terms|terminology|"
    r"questions?|faq|frequently|examples?|samples?|background|overview|concepts?|introduction|about|"
    r"authors?|authorship|"
    r"contributors?|changelog|history|features?|benefits?|advantages|limitations?|causes?|symptoms?|"
    r"impact|meaning|"
    r"states?|status(?:es)?|labels?|requirements?|prerequisites?|performance|interferences?|precision|"
    r"sensitivity|"
    r"accuracy|effects?|standards|principles|values|goals|objectives|criteria|components|sections|responsibilities|traits|prerequisite|architecture|diagram|matériel|"
    r"équipement|"
    r"références?|liens|définitions?|glossaire|sommaire|table des matières|exemples?|fonctionnalités|"
    r"material(?:es)?|equipo|"
    r"sommaire|contenido|conteúdo|sumário|enlaces|referencias|definiciones|glosario|índice|ejemplos?|materialien|ausrüstung|verweise|begriffe|"
    r"inhalt(?:sverzeichnis)?|beispiele?|benodigdheden|verwysings|inhoud\w*|materiais|materiali)\b"
    r"|^what (?:is|are|does|do|the)\b|^why\b|\bworks?$|\bwhat .* does$",
    re.I,
)
# Headings under which nothing is to be done, however the items begin; headings of records of the past.
NO_STEPS_HEADING = re.compile(
    r"^\W*(?:(?:our|the|key|main|core|new|design|guiding|learning|project|product)\s)*(?:features?|benefits|"
    r"advantages|principles|values|goals|objectives|roadmap|use[ -]cases|highlights|capabilities|"
    r"what (?:you(?:'ll| will)? learn|it does)|fonctionnalités|características|funktionen)\W*$",
    re.I,
)
LOG_HEADING = re.compile(
    r"^\W*(?:change ?log|release notes|(?:release|version|revision|document) history|what[’']s new|"
    r"historique|journal des modifications|änderungsprotokoll)\W*$",
    re.I,
)
PROCEDURE_INTRO = re.compile(
    r"\b(?:follow(?:ing|s)? (?:these |the |this )?(?:steps?|procedure|instructions)|do the following|"
    r"steps? (?:below|are|to)|"
    r"as follows|these steps|following steps|"
    r"you(?:'ll| will)? (?:need|have) to|take the following (?:steps|actions)|"
    r"to do (?:this|so)|"
    r"suivez|étapes suivantes|siga|sigue|siguientes pasos|folgende[nr]? schritte|gehen sie|volg|"
    r"volgende stappe)\b",
    re.I,
)
ORDER_INTRO = re.compile(
    r"\bin (?:this|the following|the given|exactly this) order\b|dans cet ordre|en este orden|"
    r"in dieser reihenfolge|nesta ordem",
    re.I,
)
# "When is a new review due?" is answered by conditions, "How is a review asked for?" by steps.
QUESTION_INTRO = re.compile(r"(?:^|[.!]\s)(?:when|why|which|who|what (?:is|are))\b[^.?!]*\?\s*$", re.I)
PURPOSE_INTRO = re.compile(r"(?:^|\. )(?:to|in order to|for|pour|para|um)\b.{3,}:\s*$", re.I)
OTHER_INTRO = re.compile(
    r"\b(?:ha(?:s|ve) (?:two|three|four|five|six|seven|eight|nine|ten|\d+)|for example|such as|consists? of|are (?:the|as)|these (?:are|include)|includes?|including|"
    r"contains?|reasons?|"
    r"causes?|types?|kinds?|categories|conditions|two ways|options are|means|because|features?|benefits|"
    r"will contain|should contain|following (?:information|values|fields|files|items|conditions|"
    r"questions|criteria|"
    r"scenarios|cases|features|types|order|things)|either of|one of|any of|par exemple|por ejemplo|"
    r"zum beispiel|bedeutet)\b",
    re.I,
)
# The sentence before a list of what a program does by itself. It completes the sentence, or only may.
SYSTEM_INTRO = re.compile(
    r"\b(?:tool|script|command|job|bot|pipeline|system|service|program|workflow|server|controller|"
    r"action|function|it|which|this|that)\b(?:(?!\byou\b)[^.:]){0,80}?\b(?:will|does|performs|runs|"
    r"executes)\b(?! the following (?:steps|proc))(?:(?!\byou\b)[^.:]){0,60}:\s*$",
    re.I,
)
COMPLETED_INTRO = re.compile(
    r"\b(?:will|does|do|performs?|runs?|executes?|carries out)\b(?:\s+(?:then|also|automatically|now|first|all))*"
    r"\s*(?:(?:(?:all )?(?:of )?the following|these|those|this|the steps|as follows|in (?:this )?order)\b[^:.]{0,60})?"
    r":\s*$",
    re.I,
)
# The sentence before a list of what the numbers in a table mean.
LEGEND_INTRO = re.compile(
    r"\b(?:numbers?|letters?|codes?|callouts?|symbols?)\b[^.]{0,40}\b(?:tables?|cells?|columns?|rows|"
    r"figure|diagram|legend)\b",
    re.I,
)
# "On your first day:" leads the reader through it.
OCCASION_INTRO = re.compile(
    r"\b(?:(?:on|during) (?:your|the) (?:first|second|third|last|next)|(?:no|na) (?:seu|sua) primeir[oa]|en (?:su|tu) primer|"
    r"(?:lors de |pendant )(?:votre|ton|ta) premi[eè]re?|an (?:ihrem|deinem|eurem) ersten|il (?:tuo|suo) primo|"
    r"op (?:je|uw) eerste|pierwszego|в первый|první) \w+[^.!?:]*:\s*$",
    re.I,
)
APART = re.compile(r"\bout[ -]of[ -]scope\b|\bnot (?:in scope|covered)\b|\bnon-goals\b", re.I)
REFERENCE_HEADING = re.compile(
    r"\W*(?:references?|links?|resources|see also|further reading|sources?)\b", re.I
)
TERMS_HEADING = re.compile(
    r"\b(?:licen[cs]e|disclaimer|legal|terms (?:of|and)|liability|warranty|copyright|privacy policy|haftung|"
    r"nutzungsbedingungen|impressum|mentions légales|conditions d.utilisation|licence|licencia|aviso legal|"
    r"condiciones de uso|termos de uso|licenza|licencja)",
    re.I,
)
# Where a document calls what follows its steps.
CALLED_STEPS = re.compile(
    r"\b(?:steps?|stages|phases)\b(?! (?:back|forward|down))|\b(?:schritte|étapes|pasos|passos|passaggi|passi|stappen|kroky|"
    r"kroki|lépések|pașii|etapele|шаги|этапы|кроки|стъпки|βήματα|adımlar|langkah|các bước|steg|trin|trinn|vaiheet|"
    r"koraci|žingsniai|soļi|sammud|ablauf|arbeitsschritte)|خطوات|שלבים|مراحل|चरण|ขั้นตอน|步骤|步驟|手順|ステップ|流れ|단계|절차",
    re.I,
)
# Texts that number their chapters.
ARTICLE_TITLE = re.compile(
    r"\b(?:polic(?:y|ies)|guidelines?|principles|standards?|rules|reference|faq|report|whitepaper|overview|about|"
    r"architecture|design|changelog|release notes|terms|agreement|readme|handbook|glossary|richtlinien?|grundsätze|"
    r"política|politique|règlement|reglament|polityka|zásady|politika|политика|положение)\b"
    r"|^how .*\bworks?$|^(?:what|why) ",
    re.I,
)
