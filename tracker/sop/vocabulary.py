"""The patterns by which a procedure is told from other lists, in any language, and the verbs of English.

The words stand in `tracker.sop.lexicon`. Here is what goes around them, and what only English has.
"""

from __future__ import annotations

import re

from tracker.sop.lexicon import beginning_in_any, in_any

# Verbs with which instructions begin, from operations, laboratory, software and office texts.
VERBS = frozenset(
    re.findall(
        r"\S+",
        """
    abort absorb accelerate accept access accommodate accompany accomplish accumulate acknowledge
    acquire activate adapt add address adhere adjust administer adopt advertise advise affix
    aggregate agitate agree aim align aliquot allocate allow allowlist amend analyse analyze anneal
    annotate announce anonymize answer anticipate apologise apologize append apply appoint appraise
    approve archive arrange ascertain ask aspirate assemble assess assign assist assume attach
    attend attest audit augment authenticate authorise authorize autoclave avert avoid await back
    backfill backup bag bake balance baste begin bind blacklist blanch bleach blend block blot blow
    boil bolster book bookmark boot bootstrap borrow bring browse bubble build bump buy bypass
    calculate calibrate call cancel cap capture carry cast catch categorise categorize cc cd cease
    centrifuge certify change charge chat check checkout cherry-pick chill chip choose chop
    circulate cite clamp clarify clean clear click clip clone close coat collaborate collate collect
    combine come comment commit communicate compare compensate compile complete compress compute
    concatenate conceal conclude condense conduct confer configure confine confirm confiscate
    connect conserve consider consolidate constrain construct consult contact continue convene
    convert convey cook cool coordinate copy cordon correct correlate correspond count cover craft
    crank create credit crimp cross-post customise customize cut cycle dampen deactivate debit
    debrief debug decant decide declare decline decommission decompress decontaminate decouple
    decrease decrypt dedicate deduct deduplicate defer define deflate defragment defrost degrease
    dehydrate delegate delete deliver demonstrate demote deny denylist deploy deprecate descale
    describe deselect designate destroy detach detect determine develop diagnose dice dictate
    differentiate dig digitise dilute dip direct disable disarm disassemble discard discharge
    disclose disconnect discuss disengage disinfect dislodge dismantle dismiss dispatch dispense
    display dispose disregard dissolve distill distinguish distribute divert divide do document
    donate double double-bag double-check double-click downgrade download draft drag drain drape
    draw drill drive drop dry dump duplicate earmark edit eject elect elevate elicit eliminate elute
    email embed emphasise employ empty emulsify enable encapsulate enclose encode encourage encrypt
    end endorse energise enforce engage enlarge enlist enquire enrich enrol enroll ensure enter
    entrust enumerate equalise equilibrate equip erase erect err escalate escort establish estimate
    etch evacuate evaluate examine exchange exclude execute exempt exfiltrate exit expand expedite
    explain explore export expose extend extinguish extract fabricate facilitate familiarise
    familiarize fast-forward fasten feed fetch file fill filter finalise finalize find fine-tune
    finish fix flag flatten flip flush fold follow follow-up force fork format formulate fortify
    forward foster freeze fulfil fulfill fumigate furnish garnish gather generate get give glue go
    govern grab grant grate grease greet grep grind group halt hammer hand handle hang harden have
    heat help hide highlight hire hit hoist hold homogenise homogenize hook host hover hydrate
    hydrolyze identify ignore illustrate immerse immobilise implement import imprint improve
    incinerate include incorporate increase incubate induce inflate inform infuse inhale initialise
    initialize initiate inject inoculate input inquire inscribe insert inspect install instigate
    instruct insulate integrate interact interrupt interview introduce invert investigate invite
    invoice invoke involve irradiate irrigate isolate issue iterate join jot jump justify keep kick
    kill knead label laminate land launch lay lead learn leave let level liaise lift limit link lint
    liquidate list listen load loan locate lock log login look loosen lower lubricate lyse magnify
    mail maintain make manage manually marinate mark mash match maximise measure mediate meet melt
    memorise mention merge message microwave migrate minimise minimize mitigate mix mobilise modify
    moisten monitor mop mount move mow muffle multiply mute name narrow navigate neaten negotiate
    neutralise neutralize nominate normalise normalize notarize note notify nudge number nurture
    observe obtain offboard offer offload offset onboard open optimise optimize order organise
    organize outsource overhaul overlay override overwrite pack package page paginate paint pair
    palletise palletize paraphrase pare park parse participate pass paste patch pause pave pay peel
    perforate perform perfuse permit persuade photograph pick pierce pin pinch ping pipette place
    plan plate play plug plunge point poke polish poll pop populate pose post postpone pour practice
    practise pre-evacuate pre-heat pre-moisten pre-warm pre-wet precipitate prefix preheat prepare
    prescribe preserve press pressurise prevent preview print prioritise prioritize proceed process
    procure produce profile prohibit promote prompt propose prosecute protect provide provision
    prune publish pull pulse pump punch purchase purge purify pursue push put quantify quarantine
    quench query queue quit rack raise rate re-deploy re-enable re-run re-seal reach read realign
    reassemble reassign reassure rebase rebook reboot rebuild rebut recap receive recharge recheck
    reclaim recognise recommend reconcile record recover recreate recruit recycle redact redeem
    redeploy redirect redo reduce refer refill refine reflect reformat refresh refrigerate refund
    refuse regenerate register regulate rehearse reimburse reinforce reinstall reiterate reject
    rekey relabel relax release relieve reload relocate remediate remedy remember remind remove
    rename renew renovate reopen reorder repeat replace replicate reply report repost reproduce
    request rerun rescue reseal research reserve reset reshuffle resize resolve respond restart
    restock restore restrain restrict resume resuspend retain retire retract retrieve retry return
    reuse reveal reverse revert review revise revoke rewind rewrite right-click rinse roast roll
    rotate route rub run safeguard sample sanitise sanitize satisfy saturate save say scale scan
    scatter schedule scoop scour scrape screen screenshot screw scribble scroll scrub seal search
    seat secure see seize select sell send separate sequence serialise serve set settle setup sever
    sew shake share sharpen shave shear shelve shift ship shorten show shred shrink-wrap shuffle
    shut sieve sift sign simmer simulate sinkhole sip sit sketch skim skip slice slide slit smear
    smooth snap snip snooze soak soften solder solicit solve sort sow spare specify spike spill spin
    splice split spray spread sprinkle squash squeegee squeeze stabilise stabilize stack stage stain
    stand start stash state stay steer step sterilise sterilize stick stir stitch stop store
    straighten streak stream strengthen stretch strip subdue submit subscribe substitute subtract
    suction suggest sum summarise summarize summon supervise supply suppress surrender suspend
    sustain swab swallow swap sweep swirl switch sync synchronise synchronize synthesise tabulate
    tackle tag take talk tally tamp tap tape tare target teach tear tell tempt terminate test thank
    thaw thin think throttle throw tick tidy tie tighten till tilt toggle top top-up touch trace
    track train transcribe transfer transform translate transmit transport transpose traverse treat
    triage trigger trim troubleshoot truncate try tuck tug tune turn type unblock unbolt uncap
    uncheck unclamp unclip unclog uncouple uncover undercut undergo underline understand undertake
    undo unfasten unfold unfreeze unhook unify uninstall unlink unload unlock unmask unmount unpack
    unpin unplug unpublish unregister unroll unscrew unseal unset unstack unsubscribe untangle
    untick unwind unwrap update upgrade uphold upload upsell urge use utilise utilize vacate
    vaccinate vacuum validate vary vent ventilate verify vet view visit visualise vortex vote wait
    walk warm warn wash watch weaken wear weigh weld wet whitelist widen winch winterise wipe wire
    withdraw withhold work wrap wring write x-ray zip zip-tie zoom
        """,
    )
)

# Headings over procedures, and over other things.
PROCEDURE_HEADING = re.compile(rf"\b(?:{in_any('steps_heading')})\b", re.I)
# A document that is one procedure by its title, so that even bullets under its numbered headings instruct.
RUNBOOK_TITLE = re.compile(
    r"(?!.*\bpolic(?:y|ies)\b).*\b(?:runbook|playbook|checklist|procedure|how[ -]to|sop)\b", re.I
)
OTHER_HEADING = re.compile(
    rf"\b(?:{in_any('other_heading')})\b|^what (?:is|are|does|do|the)\b|^why\b|\bworks?$|\bwhat .* does$",
    re.I,
)
# Headings under which nothing is to be done, however the items begin; headings of records of the past.
NO_STEPS_HEADING = re.compile(
    r"^\W*(?:(?:our|the|key|main|core|new|design|guiding|learning|project|product)\s)*"
    rf"(?:{in_any('no_steps_heading')})\W*$",
    re.I,
)
LOG_HEADING = re.compile(rf"^\W*(?:{in_any('log_heading')})\W*$", re.I)
PROCEDURE_INTRO = re.compile(rf"\b(?:{in_any('steps_intro')})\b", re.I)
ORDER_INTRO = re.compile(in_any("order"), re.I)
# "When is a new review due?" is answered by conditions, "How is a review asked for?" by steps.
QUESTION_INTRO = re.compile(r"(?:^|[.!]\s)(?:when|why|which|who|what (?:is|are))\b[^.?!]*\?\s*$", re.I)
PURPOSE_INTRO = re.compile(rf"(?:^|\. )(?:{in_any('purpose_intro')})\b.{{3,}}:\s*$", re.I)
OTHER_INTRO = re.compile(rf"\b(?:{in_any('other_intro')})\b", re.I)
# The sentence before a list of what a program does by itself. It completes the sentence, or only may.
SYSTEM_INTRO = re.compile(
    r"\b(?:tool|script|command|job|bot|pipeline|system|service|program|workflow|server|controller|"
    r"action|function|it|which|this|that)\b(?:(?!\byou\b)[^.:]){0,80}?\b(?:will|does|performs|runs|"
    r"executes)\b(?! the following (?:steps|proc))(?:(?!\byou\b)[^.:]){0,60}:\s*$",
    re.I,
)
COMPLETED_INTRO = re.compile(
    r"\b(?:will|does|do|performs?|runs?|executes?|carries out)\b(?:\s+(?:then|also|automatically|now|first|"
    r"all))*"
    r"\s*(?:(?:(?:all )?(?:of )?the following|these|those|this|the steps|as follows|"
    r"in (?:this )?order)\b[^:.]{0,60})?"
    r":\s*$",
    re.I,
)
# The sentence before a list of what the numbers in a table mean.
LEGEND_INTRO = re.compile(
    r"\b(?:numbers?|letters?|codes?|callouts?|symbols?)\b[^.]{0,40}\b(?:tables?|cells?|columns?|rows|"
    r"figure|diagram|legend)\b",
    re.I,
)
# What one must have before one begins.
NEED_INTRO = re.compile(rf"\b(?:{in_any('need')})\b(?! to\b)[^.:]{{0,20}}:\s*$", re.I)
# "On your first day:" leads the reader through it.
OCCASION_INTRO = re.compile(rf"\b(?:{in_any('occasion')}) \w+[^.!?:]*:\s*$", re.I)
APART = re.compile(r"\bout[ -]of[ -]scope\b|\bnot (?:in scope|covered)\b|\bnon-goals\b", re.I)
CHAPTER_HEADING = re.compile(
    r"\W*(?:purpose|scope|objectives?|definitions?|abbreviations?|glossary)\W*(?:$|\band\b)",
    re.I,
)
REFERENCE_HEADING = re.compile(
    r"\W*(?:references?|links?|resources|see also|further reading|sources?)\b", re.I
)
TERMS_HEADING = re.compile(rf"\b(?:{in_any('terms_heading')})", re.I)
# Where a document calls what follows its steps.
CALLED_STEPS = re.compile(beginning_in_any("called_steps"), re.I)
# Texts that number their chapters.
ARTICLE_TITLE = re.compile(rf"\b(?:{in_any('article_title')})\b|^how .*\bworks?$|^(?:what|why) ", re.I)
