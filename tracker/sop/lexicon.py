"""The words of procedures by language: one row each. Add a language, or a word, by adding to a row.

What English headings and sentences have around these words is in `tracker.sop.vocabulary`; which language a
text is in is told by `tracker.sop.languages`.
"""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """What a language calls things, as parts of regular expressions divided by `|`.

    The first ones are the beginnings of words, with any ending, and are looked for in texts of the language;
    in one of `UNSPACED` they are found anywhere. `step` is the word beside a number; `procedure` stands in
    headings over steps, `other` in headings over lists that are none and `chapter` in those of the usual
    chapters of an SOP; `apart` is what a document does not cover. `following` announces steps, `items`
    announces other things, `acts` tells what happens by itself, and `duty` at the end of an introduction
    makes the list what must be done. `being` is the verb of sentences that explain. An introduction with
    `need` names what one must have, one with `occasion` leads the reader through a day, and one with `order`
    says that the order of the list counts.

    Those with `heading`, `intro` or `title` in their names are whole words, and are looked for in every text,
    as many mix languages: of headings over steps, over other lists, over lists of which nothing is to be done
    (`no_steps`), over logs and over legal terms (the beginnings of words); of introductions to steps, to
    other things, and of those that say what for; of titles of texts that number their chapters. So are
    `called_steps`, the beginnings of what a document calls the steps that follow.

    `common` are the commonest words of the language, with blanks between; `telltale` those by which a text is
    told to be English or not; `letters` what only this language has of the letters of its alphabet.
    """

    step: str = ""
    procedure: str = ""
    other: str = ""
    chapter: str = ""
    apart: str = ""
    following: str = ""
    items: str = ""
    acts: str = ""
    duty: str = ""
    being: str = ""
    need: str = ""
    occasion: str = ""
    order: str = ""
    steps_heading: str = ""
    other_heading: str = ""
    no_steps_heading: str = ""
    log_heading: str = ""
    terms_heading: str = ""
    steps_intro: str = ""
    other_intro: str = ""
    purpose_intro: str = ""
    article_title: str = ""
    called_steps: str = ""
    common: str = ""
    telltale: str = ""
    letters: str = ""


UNSPACED = ("zh", "ja", "th")

LEXICON = {
    "en": Words(
        step="step|phase|stage",
        procedure="procedure|instruction|steps?\\b|how to\\b|workflow|checklist|runbook|playbook",
        other="question|example|feature|benefit|limitation|symptom|cause",
        chapter="purpose|scope|responsibilit|definition|abbreviation|references?\\b|records?\\b|attachment|"
        "appendi|"
        "annex|revision history|document control|objective|introduction|background|glossary|approval|"
        "distribution|related documents?|roles\\b|policy\\b|overview|summary|conclusions?\\b|changelog",
        apart="out[ -]of[ -]scope|not (?:in scope|covered|included|supported)|exclusions?\\b|non-goals?\\b|"
        "limitations\\b|(?:what|which) .{0,40}\\b(?:does|do|is|are) not (?:cover|include|support|do\\b)",
        duty="must|should|have to|has to|needs? to|is to|are to",
        need="you(?:[’']ll| will)? (?:also )?(?:need|want|require)",
        occasion="(?:on|during) (?:your|the) (?:first|second|third|last|next)",
        order="\\bin (?:this|the following|the given|exactly this) order\\b",
        steps_heading="procedures?|protocols?|process|instructions?|steps?|methods?|how[ -]to|checklists?|"
        "(?:run|play)books?|walk-?through|mitigat\\w+|resolution|remediation|diagnos\\w+|troubleshoot\\w*|"
        "workflow|set(?:ting)?[ -]?up|install\\w*|recipe|recovery|verification|getting started|to[ -]do|"
        "tasks?",
        other_heading="materials?|equipment|reagents?|supplies|ingredients?|tools needed|contents?|toc|"
        "outline|"
        "references?|links?|resources|further reading|see also|related|bibliography|definitions?|glossary|"
        "terms|"
        "terminology|questions?|faq|frequently|examples?|samples?|background|overview|concepts?|introduction|"
        "about|authors?|authorship|contributors?|changelog|history|features?|benefits?|advantages|"
        "limitations?|"
        "causes?|symptoms?|impact|meaning|states?|status(?:es)?|labels?|requirements?|prerequisites?|"
        "performance|interferences?|precision|sensitivity|accuracy|effects?|standards|principles|values|"
        "goals|"
        "objectives|criteria|components|sections|responsibilities|traits|architecture|diagram",
        no_steps_heading="features?|benefits|advantages|principles|values|goals|objectives|roadmap|"
        "use[ -]cases|"
        "highlights|capabilities|what (?:you(?:'ll| will)? learn|it does)",
        log_heading="change ?log|release notes|(?:release|version|revision|document) history|what[’']s new",
        terms_heading="licen[cs]e|disclaimer|legal|terms (?:of|and)|liability|warranty|copyright|"
        "privacy policy",
        steps_intro="follow(?:ing|s)? (?:these |the |this )?(?:steps?|procedure|instructions)|"
        "do the following|"
        "steps? (?:below|are|to)|as follows|these steps|following steps|you(?:'ll| will)? (?:need|have) to|"
        "take the following (?:steps|actions)|to do (?:this|so)",
        other_intro="ha(?:s|ve) (?:two|three|four|five|six|seven|eight|nine|ten|\\d+)|for example|such as|"
        "consists? of|are (?:the|as)|these (?:are|include)|includes?|including|contains?|reasons?|causes?|"
        "types?|kinds?|categories|conditions|two ways|options are|means|because|features?|benefits|"
        "will contain|"
        "should contain|following (?:information|values|fields|files|items|conditions|questions|criteria|"
        "scenarios|cases|features|types|order|things)|either of|one of|any of",
        purpose_intro="to|in order to|for",
        called_steps="(?:steps?|stages|phases)\\b(?! (?:back|forward|down))",
        article_title="polic(?:y|ies)|guidelines?|principles|standards?|rules|reference|faq|report|"
        "whitepaper|"
        "overview|about|architecture|design|changelog|release notes|terms|agreement|readme|handbook|glossary",
        common="the and to of is you for with this that be are from it your will on if in by not or as at",
        telltale="the and to of is you for with this that be are from it your will on if",
    ),
    "de": Words(
        step="schritt|phase|etappe|stufe|arbeitsschritt|arbeitsgang",
        procedure="\\w*anleitung|\\w*anweisung|vorgehen|\\w*ablauf|schritt|durchführung|arbeitsanweisung|"
        "verfahren|"
        "handlungsanweisung|"
        "checkliste|einrichte|installation|so geht|bedienung|inbetriebnahme|prozess|erste schritte|maßnahmen|"
        "aufgaben|tätigkeiten",
        other="material|ausrüstung|verweis|begriff|inhalt|beispiel|voraussetzung|hintergrund|überblick|"
        "übersicht|"
        "fragen|häufige|symptom|ursache|vorteil|funktionen|merkmal|hinweise\\b|literatur|quellen|links?\\b|"
        "werkzeug|zutaten|einleitung|ansprechpartner",
        chapter="zweck|geltungsbereich|anwendungsbereich|zuständigkeit|verantwort|definition|abkürzung|"
        "referenz|"
        "mitgeltende|aufzeichnung|anlage|anhang|änderungshistorie|ziel|einleitung|dokumentation|glossar|"
        "freigabe|verteiler|nachweise",
        apart="nicht (?:enthalten|abgedeckt|umfasst|zuständig)|außerhalb|ausgeschlossen|ausnahmen|abgrenzung",
        following="folgende[nrs]? (?:schritte|punkte sind zu|maßnahmen)|wie folgt|"
        "gehe[nt]? (?:sie )?(?:wie folgt|so) vor",
        items="zum beispiel|bedeutet|besteht aus|folgende (?:dinge|arten|angaben|felder|werte|gründe|"
        "vorteile)|"
        "umfasst|enthält|es gibt|gibt es|(?:hat|haben) (?:zwei|drei|vier|fünf|sechs|\\d+)",
        acts="(?:dies|das|dabei|dadurch|damit|dann) (?:bewirkt|führt|passiert|geschieht|wird)|automatisch|"
        "das (?:system|skript|programm|werkzeug) (?:führt|macht|erledigt|übernimmt|wird)",
        duty="muss|müssen|musst|soll|sollen|sollte[nt]?|ist zu|sind zu|notwendig|erforderlich",
        being="ist|sind|war|bedeutet|heißt|enthält|besteht",
        need="(?:sie|du|ihr) (?:benötigt?|benötigen|brauchst?|brauchen)",
        occasion="an (?:ihrem|deinem|eurem) ersten",
        order="in dieser reihenfolge",
        steps_heading="schritte?|anleitung|vorgehen|ablauf|checkliste",
        other_heading="materialien|ausrüstung|verweise|begriffe|inhalt(?:sverzeichnis)?|beispiele?",
        no_steps_heading="funktionen",
        log_heading="änderungsprotokoll",
        terms_heading="haftung|nutzungsbedingungen|impressum",
        steps_intro="folgende[nr]? schritte|gehen sie",
        other_intro="zum beispiel|bedeutet",
        purpose_intro="um",
        called_steps="schritte|ablauf|arbeitsschritte",
        article_title="richtlinien?|grundsätze",
        common="der die das und ist mit den von zu ein eine nicht auf sie im dem des für werden wird bei "
        "oder "
        "zur",
        telltale="der die das und ist mit den von zu ein eine nicht auf sie",
        letters="ßäöü",
    ),
    "nl": Words(
        step="stap|fase",
        procedure="\\w*instructie|\\w*proces\\b|werkwijze|stap|handleiding|instructie|procedure|aan de slag|"
        "uitvoering|checklist|"
        "installatie",
        other="benodigd|materia|voorbeeld|inhoud|verwijzing|vereist|voorwaarde|overzicht|vragen|achtergrond|"
        "inleiding",
        chapter="doel|toepassingsgebied|reikwijdte|verantwoordelijk|definitie|afkorting|referentie|bijlage|"
        "registratie",
        apart="buiten (?:de )?scope|niet (?:inbegrepen|gedekt)|uitgesloten",
        following="volgende stappen|als volgt",
        items="bijvoorbeeld|bestaat uit|bevat",
        acts="(?:dit|dat) (?:doet|zal|voert)|automatisch",
        duty="moet|moeten|dient|dienen",
        being="is|zijn|betekent|heet",
        occasion="op (?:je|uw) eerste",
        steps_heading="stappen|werkwijze",
        other_heading="benodigdheden|inhoud\\w*",
        steps_intro="volg",
        called_steps="stappen",
        common="de het een van en is op te dat voor met zijn niet aan er om naar door je wordt of bij",
        telltale="het een van voor met je wordt",
    ),
    "fr": Words(
        step="étape|etape|phase",
        procedure="procédure|étape|marche à suivre|mode opératoire|mode d.emploi|instruction|déroulement|"
        "comment\\b|"
        "liste de contrôle|guide|installation|démarche|méthode|réalisation|exécution|processus",
        other="matériel|équipement|référence|lien|glossaire|sommaire|table des matières|exemple|prérequis|"
        "pré-requis|"
        "contexte|introduction|questions|avantage|fonctionnalité|présentation|ingrédient|outil",
        chapter="objet\\b|objectif|but\\b|domaine d.application|champ d.application|périmètre|"
        "responsabilité|définition|"
        "abréviation|document|enregistrement|annexe|historique|archivage|diffusion|conclusion",
        apart="hors[ -](?:périmètre|champ|sujet|portée)|non couvert|exclu|ne couvre pas",
        following="étapes suivantes|suivez|comme suit|procédez|voici (?:les étapes|comment)|"
        "actions suivantes",
        items="par exemple|comprend|contient|se compose|suivants? :|il y a\\b|tels? que|telles? que",
        acts="(?:cela|ceci|ce qui|cette action|cette commande|le (?:script|système|programme)) .{0,40}"
        "(?:va|effectue|exécute|fait|réalise)|automatiquement",
        duty="doit|doivent|devez|il faut|il convient de|faudra",
        being="est|sont|était|signifie|désigne|contient",
        need="vous (?:aurez besoin|avez besoin)",
        occasion="(?:lors de |pendant )(?:votre|ton|ta) premi[eè]re?",
        order="dans cet ordre",
        steps_heading="étapes?|procédure|marche à suivre|liste de contrôle",
        other_heading="matériel|équipement|références?|liens|définitions?|glossaire|sommaire|"
        "table des matières|"
        "exemples?|fonctionnalités",
        no_steps_heading="fonctionnalités",
        log_heading="historique|journal des modifications",
        terms_heading="mentions légales|conditions d.utilisation",
        steps_intro="suivez|étapes suivantes",
        other_intro="par exemple",
        purpose_intro="pour",
        called_steps="étapes",
        article_title="politique|règlement",
        common="le la les des et du une un pour dans que vous sur est avec qui au par pas ou ce sont aux",
        telltale="le la les des et du une un pour dans que vous sur est avec",
        letters="çœêèâ",
    ),
    "es": Words(
        step="paso|etapa|fase",
        procedure="procedimiento|paso|instrucci|lista de (?:control|verificación)|cómo\\b|como (?:hacer|"
        "crear)|guía|"
        "proceso|instalación|configuración|desarrollo|ejecución|método|actividades|primeros pasos",
        other="material|equipo|enlace|referencia|glosario|índice|contenido|ejemplo|requisito|prerrequisito|"
        "antecedente|introducción|preguntas|ventaja|característica|beneficio|ingrediente|herramienta|resumen",
        chapter="objetivo|objeto\\b|propósito|alcance|responsab|definici|abreviatura|registro|anexo|"
        "historial|"
        "control de cambios|documentos|conclusi|aprobación",
        apart="fuera (?:de|del) alcance|no (?:incluid|cubiert|incluye|cubre)|exclu|excepciones",
        following="siguientes pasos|siga|sigue estos|como sigue|a continuación",
        items="por ejemplo|incluye|contiene|consta de|tales como|siguientes (?:datos|elementos|tipos)|"
        "hay\\b|existen",
        acts="(?:esto|lo cual|lo que|el (?:sistema|script|programa|comando)) .{0,40}"
        "(?:hará|hace|realiza|realizará|ejecuta|ejecutará)|automáticamente",
        duty="debe|deben|debes|deberá|deberán|hay que|es necesario|tiene que|tienes que",
        being="es|son|era|significa|está|están|contiene",
        need="necesita(?:s|rá|rás)?",
        occasion="en (?:su|tu) primer",
        order="en este orden",
        steps_heading="pasos?|procedimiento|instrucciones|lista de (?:control|verificación)",
        other_heading="material(?:es)?|equipo|contenido|enlaces|referencias|definiciones|glosario|índice|"
        "ejemplos?",
        no_steps_heading="características",
        terms_heading="licencia|aviso legal|condiciones de uso",
        steps_intro="siga|sigue|siguientes pasos",
        other_intro="por ejemplo",
        purpose_intro="para",
        called_steps="pasos",
        article_title="política",
        common="el la los las y una por con en del para se que un al es lo como su más si no",
        telltale="el los las y una por con en del para se",
        letters="ñ¿¡",
    ),
    "pt": Words(
        step="passo|etapa|fase",
        procedure="procedimento|passo|instruç|como\\b|guia|roteiro|processo|instalação|configuração|"
        "execução|método|"
        "atividade|lista de verificação|primeiros passos|tarefas|fluxo",
        other="materia|equipamento|link|referência|glossário|índice|conteúdo|sumário|exemplo|requisito|"
        "pré-requisito|"
        "contexto|introdução|perguntas|vantage|característica|benefício|ferramenta|resumo",
        chapter="objetivo|finalidade|escopo|âmbito|alcance|campo de aplicação|responsabilidade|definiç|sigla|"
        "abreviatura|registro|anexo|histórico|documentos|conclus|aprovação",
        apart="fora d[eo] (?:escopo|âmbito)|não (?:incluíd|cobert|inclui|cobre)|exclu|exceç",
        following="seguintes passos|passos abaixo|siga|da seguinte forma|conforme abaixo",
        items="por exemplo|inclui|contém|consiste|tais como|seguintes (?:dados|itens|tipos)|existem",
        acts="(?:isso|isto|o que|o (?:sistema|script|programa|comando)) .{0,40}"
        "(?:irá|fará|faz|realiza|executa)|automaticamente",
        duty="deve|devem|deverá|deverão|é necessário|é preciso|precisa|tem que",
        being="é|são|era|significa|está|estão|contém",
        need="você (?:precisa|vai precisar)",
        occasion="(?:no|na) (?:seu|sua) primeir[oa]",
        order="nesta ordem",
        steps_heading="passos",
        other_heading="conteúdo|sumário|materiais",
        terms_heading="termos de uso",
        called_steps="passos",
        common="o os a as e do da em com uma para não no na que um se dos das ao por é ou você",
        telltale="o os e do da em com",
        letters="ãõ",
    ),
    "it": Words(
        step="passo|passaggio|fase|tappa",
        procedure="procedura|passagg|passi\\b|istruzion|come\\b|guida|modalità|processo|installazione|"
        "configurazione|"
        "esecuzione|svolgimento|metodo|lista di controllo|primi passi|attività",
        other="materia|attrezzatur|collegament|riferiment|glossario|indice|contenut|esemp|requisit|"
        "prerequisit|"
        "introduzione|domande|vantagg|caratteristic|ingredient|strument|panoramica|contesto",
        chapter="scopo|obiettiv|campo di applicazione|ambito|responsabilità|definizion|abbreviazion|"
        "registrazion|"
        "allegat|revision|documenti|conclusion|archiviazione",
        apart="fuori (?:ambito|scopo)|non (?:inclus|copert)|esclus|eccezion",
        following="seguenti (?:passi|passaggi|operazioni)|segu(?:i|ire|ite)\\b|come segue|procedere",
        items="per esempio|ad esempio|comprende|contiene|seguenti (?:dati|elementi|tipi)|ci sono|esistono",
        acts="(?:questo|ciò|il (?:sistema|programma|comando)|lo script) .{0,40}(?:esegue|farà|fa|eseguirà)|"
        "automaticamente",
        duty="deve|devono|bisogna|occorre|è necessario",
        being="è|sono|era|significa|contiene",
        need="(?:avrai|serve|servono)",
        occasion="il (?:tuo|suo) primo",
        steps_heading="procedura|passaggi",
        other_heading="materiali",
        terms_heading="licenza",
        called_steps="passaggi|passi",
        common="il di che la e un una per con del della non si da nel le gli lo sono è alla dei o",
        telltale="il che di per",
        letters="ìò",
    ),
    "ro": Words(
        step="pasul|pas|etapa|faza",
        procedure="procedur|pași|pasi\\b|instrucțiun|cum\\b|ghid|etape|mod de lucru|proces|instalare|"
        "configurare|"
        "desfășurare",
        other="material|echipament|exempl|cuprins|legătur|cerinț|condiți|întrebări|avantaj|introducere|"
        "prezentare",
        chapter="scop|obiectiv|domeniu|responsabilit|definiți|abrevier|referinț|înregistr|anex|documente",
        apart="în afara|nu (?:este|sunt) (?:inclus|acoperit)|exclu|excepți",
        following="următorii pași|următoarele etape|urmați|după cum urmează",
        items="de exemplu|include|conține|constă|următoarele (?:date|elemente|tipuri)|există",
        acts="(?:aceasta|acest lucru|sistemul|scriptul) .{0,40}(?:va|face|execută)|automat",
        duty="trebuie|este necesar",
        being="este|sunt|era|înseamnă|conține",
        called_steps="pașii|etapele",
        common="și în de la cu pe să este un o din care nu pentru sau se sunt al ale prin",
        letters="țșăţş",
    ),
    "pl": Words(
        step="krok|etap|faza",
        procedure="procedur|krok|instrukcj|jak\\b|przebieg|sposób|postępowani|proces|instalacj|konfiguracj|"
        "wykonanie|realizacj|lista kontrolna|czynności|rozpoczęcie|obsługa|zadania",
        other="materiał|wyposażeni|przykład|spis treści|odnośnik|odsyłacz|link|wymagani|wstęp|wprowadzeni|"
        "pytania|"
        "zalety|funkcj|przegląd|narzędzi|składniki|dane\\b",
        chapter="cel\\b|cele\\b|zakres|odpowiedzialn|definicj|skrót|referencj|dokument|zapisy|załącznik|"
        "histori|"
        "przedmiot|podsumowanie|terminologi",
        apart="poza zakresem|nie obejmuje|wyłącz|wyjątki|nieobjęt",
        following="następujące (?:kroki|czynności)|następujących kroków|poniższe kroki|w następujący sposób",
        items="na przykład|zawiera|składa się|następujące (?:dane|elementy|rodzaje)|obejmuje",
        acts="(?:to|spowoduje|system|skrypt|program) .{0,40}(?:wykona|wykonuje|zrobi|robi)|automatycznie",
        duty="musi|muszą|musisz|należy|trzeba|powinien|powinna|powinno|powinny|wymaga",
        being="jest|są|był|oznacza|zawiera|to",
        occasion="pierwszego",
        terms_heading="licencja",
        called_steps="kroki",
        article_title="polityka",
        common="i w na z do się nie że jest to o po dla od jak lub przez oraz są za",
        letters="łśżźćńąę",
    ),
    "cs": Words(
        step="krok|fáze|etapa",
        procedure="postup|krok|návod|pokyn|jak\\b|proces|instalace|nastavení|provedení|průběh|"
        "kontrolní seznam|"
        "pracovní|úkoly|činnosti|realizace",
        other="materiál|vybavení|pomůck|příklad|obsah|odkaz|požadav|předpoklad|úvod|otázky|výhod|funkce|"
        "nástroj|"
        "přehled\\b(?! (?:procesu|postupu|kroků))",
        chapter="účel|cíl|rozsah|oblast platnosti|působnost|odpovědnost|definice|pojmy|zkratk|reference|"
        "záznam|"
        "přílo|historie|dokumentac|související|závěr",
        apart="mimo rozsah|nezahrnuje|nevztahuje|výjimk|vyloučen",
        following="následující(?:ch|mi)? krok|postupujte|takto",
        items="například|obsahuje|skládá se|následující (?:údaje|položky|typy)|zahrnuje|existuj",
        acts="(?:to|tím|systém|skript|program) .{0,40}(?:provede|provádí|udělá|vykoná)|automaticky",
        duty="musí|musíte|je (?:třeba|nutné|potřeba)|má být",
        being="je|jsou|byl|znamená|obsahuje",
        occasion="první",
        called_steps="kroky",
        article_title="zásady",
        common="a v na se je že do z s pro o k by nebo podle jsou po ve po při jako",
        letters="ěřů",
    ),
    "sk": Words(
        step="krok|fáza|etapa",
        procedure="postup|krok|návod|pokyn|ako\\b|proces|inštaláci|nastaveni|vykonanie|priebeh|"
        "kontrolný zoznam|úlohy",
        other="materiál|vybaveni|príklad|obsah|odkaz|požiadav|predpoklad|úvod|otázky|výhod|funkcie|nástroj",
        chapter="účel|cieľ|rozsah|oblasť platnosti|pôsobnosť|zodpovednosť|definíci|pojmy|skratk|referenci|"
        "záznam|"
        "príloh|históri|súvisiac|záver",
        apart="mimo rozsah|nezahŕňa|nevzťahuje|výnimk|vylúčen",
        following="nasledujúc(?:e|ich) krok|postupujte|takto",
        items="napríklad|obsahuje|skladá sa|nasledujúce (?:údaje|položky|typy)|zahŕňa|existuj",
        acts="(?:to|tým|systém|skript) .{0,40}(?:vykoná|vykonáva|urobí)|automaticky",
        duty="musí|musíte|je (?:treba|nutné|potrebné)|treba",
        being="je|sú|bol|znamená|obsahuje",
        common="a v na sa je že do z s pre o k by alebo podľa sú po vo pri ako",
        letters="ľĺŕô",
    ),
    "hr": Words(
        step="korak|faza",
        procedure="postup|korac|korak|uput|kako\\b|proces|instalacij|podešavanj|izvođenje|provedba|"
        "kontrolna lista|zadaci",
        other="materijal|oprem|primjer|primer|sadržaj|poveznic|zahtjev|preduvjet|uvod|pitanja|prednost|alat",
        chapter="svrha|cilj|opseg|područje primjene|odgovornost|definicij|pojmov|skraćenic|kratic|referenc|"
        "zapis|"
        "prilog|povijest|dokument|zaključ",
        apart="izvan opsega|nije obuhvaćen|ne obuhvaća|isključ|iznimk",
        following="sljedeć(?:e|i|ih) korak|slijedi|kako slijedi|na sljedeći način",
        items="na primjer|sadrži|sastoji se|sljedeći (?:podaci|elementi)|uključuje|postoje",
        acts="(?:to|ovo|sustav|skripta) .{0,40}(?:će|izvodi|radi)|automatski",
        duty="mora|moraju|morate|treba|potrebno je",
        being="je|su|bio|znači|sadrži",
        called_steps="koraci",
        article_title="politika",
        common="i u na se je za da s od su ne ili se po iz koji kako",
        letters="đ",
    ),
    "sl": Words(
        step="korak|faza",
        procedure="postopek|korak|navodil|kako\\b|potek|namestitev|izvedba|kontrolni seznam|opravila",
        other="material|oprem|primer|vsebin|povezav|zahtev|pogoj|uvod|vprašanja|prednost|orodj",
        chapter="namen|cilj|obseg|področje uporabe|odgovornost|opredelit|pojmi|kratic|referenc|zapis|prilog|"
        "dokument",
        apart="izven obsega|ne zajema|izključ|izjem",
        following="naslednj(?:e|i|ih) korak|kot sledi",
        items="na primer|vsebuje|sestavlja",
        acts="(?:to|sistem|skripta) .{0,40}(?:bo|izvede|naredi)|samodejno",
        duty="mora|morajo|morate|treba|potrebno",
        being="je|so|bil|pomeni|vsebuje",
        common="in v na se je za da z od so ne ali pri iz ki kot po",
    ),
    "hu": Words(
        step="lépés|fázis|szakasz",
        procedure="lépés|eljárás|útmutató|utasítás|folyamat|hogyan|telepítés|beállítás|végrehajtás|teendő|"
        "menete|"
        "ellenőrző lista|feladatok",
        other="anyag|eszköz|felszerelés|példa|példák|tartalom|hivatkozás|követelmény|előfeltétel|bevezetés|"
        "kérdések|"
        "előny|áttekintés",
        chapter="cél|hatály|alkalmazási terület|felelősség|fogalm|meghatározás|rövidítés|feljegyzés|"
        "melléklet|"
        "előzmény|dokumentum",
        apart="nem tartozik|hatályon kívül|kizár|kivétel",
        following="következő lépés|az alábbi lépés|kövesse|alábbiak szerint",
        items="például|tartalmaz|áll\\b|következő (?:adatok|elemek)",
        acts="(?:ez|a rendszer|a program) .{0,40}(?:elvégzi|végrehajt)|automatikusan",
        duty="kell|szükséges",
        being="van|vannak|jelent|tartalmaz",
        called_steps="lépések",
        common="a az és hogy nem egy is meg ha vagy el van be ki",
        letters="őű",
    ),
    "bg": Words(
        step="стъпка|етап|фаза",
        procedure="процедур|стъпки|инструкци|указани|как\\b|процес|инсталир|настройк|изпълнение|ход\\b|"
        "задачи",
        other="материал|оборудван|пример|съдържани|връзк|изискван|въведение|въпроси|предимств|инструмент",
        chapter="цел\\b|цели\\b|обхват|отговорност|определени|дефиниции|съкращени|препратк|записи|приложени|"
        "документ",
        apart="извън обхвата|не обхваща|изключ",
        following="следните стъпки|както следва|следвайте",
        items="например|съдържа|състои се|следните (?:данни|елементи)|включва",
        acts="(?:това|системата|скриптът) .{0,40}(?:ще|изпълнява|прави)|автоматично",
        duty="трябва|необходимо е|следва да",
        being="е|са|беше|означава|съдържа",
        called_steps="стъпки",
        common="и в на да се за от не с е са или при по това",
        letters="ъщ",
    ),
    "ru": Words(
        step="шаг|этап|фаза|действие",
        procedure="процедур|порядок|инструкци|шаг|как\\b|процесс|установк|настройк|выполнени|ход\\b|"
        "регламент|алгоритм|"
        "методик|чек-лист|контрольный список|руководство|действия|подготовк|задачи|запуск",
        other="материал|оборудован|пример|содержани|оглавлени|ссылк|требовани|введени|вопрос|преимуществ|"
        "возможност|"
        "инструмент|обзор|причин|симптом|терминолог|ингредиент",
        chapter="цель\\b|цели\\b|назначени|область применения|сфера действия|ответственност|определени|"
        "термин|сокращени|"
        "нормативн|запис|приложени|истори|документ|общие положения|заключени|список литературы",
        apart="не входит|вне (?:области|рамок)|исключени|не охватыва|не распространя",
        following="следующи[ех] (?:шаг|действи)|следующим образом|выполните|необходимо выполнить",
        items="например|содержит|состоит|следующи[ех] (?:данные|элемент|вид|тип|параметр)|включает|бывают",
        acts="(?:это|при этом|система|скрипт|программа|команда) .{0,40}(?:выполн|делает|сделает|произв)|"
        "автоматически",
        duty="должен|должна|должно|должны|нужно|необходимо|следует|требуется|надо",
        being="это|является|являются|означает|содержит|был|была|было|были",
        occasion="в первый",
        called_steps="шаги|этапы",
        article_title="политика|положение",
        common="и в не на что с по для из к от это как или при",
        letters="ыэё",
    ),
    "uk": Words(
        step="крок|етап|фаза",
        procedure="процедур|порядок|інструкці|крок|як\\b|процес|встановлен|налаштуван|виконанн|хід\\b|"
        "регламент|"
        "алгоритм|дії\\b|підготовк|завдання|запуск",
        other="матеріал|обладнанн|приклад|зміст|посиланн|вимог|вступ|питанн|переваг|можливост|інструмент|"
        "огляд|причин",
        chapter="мета\\b|ціл|призначенн|сфера застосування|відповідальн|визначенн|термін|скороченн|запис|"
        "додат|"
        "історі|документ|загальні положення",
        apart="не входить|поза межами|винят|не охоплю|не поширю",
        following="наступн(?:і|их) (?:крок|ді)|таким чином|виконайте",
        items="наприклад|містить|складається|наступні (?:дані|елементи)|включає",
        acts="(?:це|система|скрипт|програма) .{0,40}(?:виконує|виконає|робить)|автоматично",
        duty="повинен|повинна|повинні|потрібно|необхідно|слід|треба",
        being="це|є|означає|містить|був|була|були",
        called_steps="кроки",
        common="і в на не що з до для та або від як це при у за",
        letters="їєґі",
    ),
    "sr": Words(
        step="корак|фаза|korak",
        procedure="поступ|корац|корак|упутств|како\\b|uputstv|инсталациј|подешавањ",
        other="материјал|опрем|пример|садржај|захтев|увод|питања|алат",
        chapter="сврха|циљ|обим|област примене|одговорност|дефиниц|појмов|скраћениц|референц|запис|прилог",
        apart="ван обима|не обухвата|искључ|изузе",
        following="следећ(?:е|и|их) корак|као што следи",
        duty="мора|морају|морате|треба|потребно је",
        being="је|су|био|значи|садржи",
        common="и у на се је за да с од су не или по из који",
        letters="ђћџњљј",
    ),
    "el": Words(
        step="βήμα|βημα|φάση|στάδιο",
        procedure="διαδικασί|βήματα|οδηγί|πώς\\b|εγκατάσταση|ρύθμιση|εκτέλεση|λίστα ελέγχου|εργασίες",
        other="υλικ|εξοπλισμ|παράδειγμα|παραδείγματα|περιεχόμενα|σύνδεσμ|απαιτήσ|προϋποθέσ|εισαγωγ|ερωτήσ|"
        "εργαλεί",
        chapter="σκοπός|στόχ|πεδίο εφαρμογής|αρμοδιότητ|ευθύν|ορισμ|συντομογραφ|αναφορές|αρχεί|παράρτημα|"
        "ιστορικ",
        apart="εκτός (?:πεδίου|πλαισίου)|δεν (?:καλύπτ|περιλαμβάν)|εξαιρ",
        following="ακόλουθα βήματα|παρακάτω βήματα|ως εξής|ακολουθήστε",
        items="για παράδειγμα|περιλαμβάνει|περιέχει|αποτελείται|υπάρχουν",
        acts="(?:αυτό|το σύστημα) .{0,40}(?:θα|εκτελεί|κάνει)|αυτόματα",
        duty="πρέπει|χρειάζεται|απαιτείται",
        being="είναι|ήταν|σημαίνει|περιέχει",
        called_steps="βήματα",
    ),
    "tr": Words(
        step="adım|aşama|adim|basamak",
        procedure="prosedür|adım|talimat|nasıl|yöntem|işlem|kurulum|ayarla|uygulama|iş akışı|"
        "kontrol listesi|yapılacak|"
        "yapılış|kullanım|görevler",
        other="malzeme|ekipman|örnek|içindekiler|bağlantı|gereksinim|gerekli|ön koşul|önkoşul|giriş|sorular|"
        "avantaj|"
        "özellik|araç|genel bakış|kural|not",
        chapter="amaç|amacı|hedef|kapsam|sorumlu|tanım|kısaltma|referans|kaynak|kayıt|ekler|revizyon|"
        "doküman|geçmiş",
        apart="kapsam dış|kapsamaz|dahil değil|istisna",
        following="şu adım|aşağıdaki adım|izleyin|şöyle",
        items="örneğin|içerir|oluşur|aşağıdaki (?:bilgiler|öğeler|türler)|vardır",
        acts="(?:bu|sistem|betik) .{0,40}(?:yapar|gerçekleştirir|çalıştırır)|otomatik",
        duty="gerekir|gerekiyor|gereklidir|lazım|zorunda",
        being="[\\w]+(?:dır|dir|dur|dür|tır|tir|tur|tür)",
        called_steps="adımlar",
        common="ve bir bu için ile da de olarak veya ise en çok sonra değil gibi her",
        letters="ğışİ",
    ),
    "ar": Words(
        step="(?:ال)?خطوة|(?:ال)?مرحلة",
        procedure="إجراء|الإجراء|خطوات|الخطوات|تعليمات|كيفية|كيف\\b|طريقة|دليل|عملية|تثبيت|إعداد|تنفيذ|قائمة",
        other="مواد|المواد|معدات|أمثلة|مثال|محتويات|المحتويات|روابط|متطلبات|المتطلبات|مقدمة|أسئلة|مميزات|"
        "أدوات",
        chapter="الغرض|غرض|الهدف|أهداف|النطاق|نطاق|المسؤوليات|مسؤوليات|تعريفات|التعريفات|اختصارات|المراجع|"
        "مراجع|"
        "السجلات|سجلات|ملحق|الملاحق",
        apart="خارج النطاق|لا يشمل|استثناء",
        following="الخطوات التالية|كما يلي|اتبع|على النحو التالي",
        items="على سبيل المثال|يحتوي|يتكون|يشمل|تشمل",
        acts="(?:هذا|النظام) .{0,40}(?:يقوم|سيقوم)|تلقائي",
        duty="يجب|يلزم|ينبغي",
        being="هو|هي|يعني|تعني|كان",
        called_steps="\\w*خطوات",
    ),
    "fa": Words(
        step="مرحله|گام|قدم",
        procedure="روش|مراحل|دستورالعمل|راهنما|نحوه|چگونه|فرآیند|نصب|تنظیم|اجرا",
        other="مواد|تجهیزات|نمونه|مثال|فهرست|پیوند|پیش‌نیاز|مقدمه|سوالات|مزایا|ابزار",
        chapter="هدف|دامنه|مسئولیت|تعاریف|تعریف|مراجع|منابع|سوابق|پیوست",
        apart="خارج از|شامل نمی",
        following="مراحل زیر|به شرح زیر|گام‌های زیر",
        items="برای مثال|شامل|عبارتند",
        duty="باید|لازم است",
        being="است|هستند|بود|می‌باشد",
        called_steps="\\w*مراحل",
    ),
    "he": Words(
        step="(?:ה)?שלב|(?:ה)?צעד",
        procedure="נוהל|הליך|שלבים|הוראות|כיצד|איך|מדריך|תהליך|התקנה|הגדרה|ביצוע",
        other="חומרים|ציוד|דוגמ|תוכן|קישורים|דרישות|מבוא|הקדמה|שאלות|יתרונות|כלים",
        chapter="מטרה|מטרות|תחולה|היקף|אחריות|הגדרות|קיצורים|סימוכין|רשומות|נספח",
        apart="מחוץ לתחום|אינו כולל|לא כולל|חריגים",
        following="השלבים הבאים|כדלקמן|כך",
        items="לדוגמה|למשל|כולל|מכיל|מורכב",
        duty="יש|חייב|חייבים|צריך|צריכים",
        being="הוא|היא|הם|הן|היה",
        called_steps="\\w*שלבים",
    ),
    "hi": Words(
        step="चरण|कदम|स्टेप",
        procedure="प्रक्रिया|चरण|निर्देश|कैसे|विधि|तरीका|स्थापना|कार्य",
        other="सामग्री|उपकरण|उदाहरण|विषय|लिंक|आवश्यकता|परिचय|प्रश्न|लाभ|विशेषता",
        chapter="उद्देश्य|दायरा|कार्यक्षेत्र|जिम्मेदारी|उत्तरदायित्व|परिभाषा|संदर्भ|अभिलेख|रिकॉर्ड|परिशिष्ट",
        apart="दायरे से बाहर|शामिल नहीं|अपवाद",
        following="निम्नलिखित चरण|इस प्रकार|इन चरणों",
        items="उदाहरण के लिए|शामिल|निम्नलिखित (?:जानकारी|चीज)",
        duty="चाहिए|होगा|आवश्यक है",
        being="है|हैं|था|थी|थे",
        called_steps="\\w*चरण",
    ),
    "id": Words(
        step="langkah|tahap|tahapan|fase",
        procedure="prosedur|langkah|instruksi|cara|petunjuk|panduan|tata cara|proses|instalasi|pemasangan|"
        "pengaturan|"
        "pelaksanaan|alur|tugas|daftar periksa",
        other="bahan|peralatan|contoh|daftar isi|tautan|persyaratan|prasyarat|pendahuluan|pertanyaan|"
        "keuntungan|fitur|"
        "alat\\b|gambaran|latar belakang",
        chapter="tujuan|ruang lingkup|lingkup|tanggung jawab|definisi|istilah|singkatan|referensi|rekaman|"
        "catatan mutu|"
        "lampiran|riwayat|dokumen",
        apart="di luar (?:cakupan|lingkup)|tidak termasuk|pengecualian",
        following="langkah[ -]langkah (?:berikut|di bawah)|langkah berikut|sebagai berikut|ikuti",
        items="misalnya|contohnya|terdiri|meliputi|berisi|mencakup",
        acts="(?:ini|sistem|skrip) .{0,40}(?:akan|melakukan|menjalankan)|secara otomatis",
        duty="harus|perlu|wajib",
        being="adalah|merupakan|yaitu|ialah",
        called_steps="langkah",
        common="dan di yang untuk dengan ke dari ini pada adalah atau tidak jika akan dalam oleh anda",
    ),
    "vi": Words(
        step="bước|giai đoạn",
        procedure="quy trình|các bước|bước|hướng dẫn|cách|thủ tục|thao tác|cài đặt|cấu hình|thực hiện|"
        "tiến hành|công việc",
        other="vật liệu|nguyên liệu|thiết bị|ví dụ|mục lục|liên kết|yêu cầu|điều kiện|giới thiệu|câu hỏi|"
        "ưu điểm|"
        "tính năng|công cụ|tổng quan",
        chapter="mục đích|mục tiêu|phạm vi|trách nhiệm|định nghĩa|thuật ngữ|viết tắt|tài liệu|hồ sơ|phụ lục|"
        "lịch sử",
        apart="ngoài phạm vi|không bao gồm|ngoại lệ|loại trừ",
        following="các bước sau|như sau|theo các bước",
        items="ví dụ|bao gồm|gồm\\b|chứa",
        acts="(?:điều này|hệ thống) .{0,40}sẽ|tự động",
        duty="phải|cần",
        being="là|nghĩa là|gồm",
        called_steps="các bước",
        common="và của là có cho không các được trong một với để khi bạn vào này",
        letters="ơưạảấầẩậắằẳặẹẻẽếềểệỉịọỏốồổộớờởợụủứừửựỳỵỷỹđ",
    ),
    "th": Words(
        step="ขั้นตอนที่|ขั้นที่|ขั้นตอน",
        procedure="ขั้นตอน|วิธี|คำแนะนำ|กระบวนการ|การติดตั้ง|การตั้งค่า|ปฏิบัติ",
        other="วัสดุ|อุปกรณ์|ตัวอย่าง|สารบัญ|ลิงก์|ข้อกำหนด|บทนำ|คำถาม|ข้อดี",
        chapter="วัตถุประสงค์|ขอบเขต|ความรับผิดชอบ|นิยาม|คำจำกัดความ|เอกสาร|บันทึก|ภาคผนวก",
        apart="นอกขอบเขต|ไม่รวม|ข้อยกเว้น",
        following="ขั้นตอนต่อไปนี้|ดังนี้",
        items="เช่น|ประกอบด้วย",
        duty="ต้อง|ควร",
        being="คือ|เป็น|หมายถึง",
        called_steps="ขั้นตอน",
    ),
    "zh": Words(
        step="步骤|步驟|阶段|階段",
        procedure="步骤|步驟|流程|操作|指南|方法|安装|安裝|设置|設定|配置|如何|怎么|怎麼|教程|处理|處理|程序|工作流|手册|"
        "手順|检查清单|任务|执行|部署|恢复|开始使用|快速开始",
        other="材料|设备|設備|示例|例子|目录|目錄|链接|連結|要求|前提|简介|簡介|介绍|介紹|问题|問題|优点|特性|功能|工具|"
        "概述|背景|症状|原因|说明|注意事项|附录|参数|参考",
        chapter="目的|目标|目標|范围|範圍|职责|職責|责任|責任|定义|定義|术语|術語|缩写|参考|參考|记录|記錄|附件|附录|附錄|"
        "修订|历史|版本|文件控制|相关文件|总结",
        apart="不适用|不適用|范围之外|範圍之外|不包括|不包含|除外|例外|超出范围",
        following="以下步骤|如下步骤|下列步骤|以下步驟|如下|按照",
        items="例如|包括|包含|有以下|以下(?:信息|内容|字段|类型|几种|情况)|分为",
        acts="(?:这|这将|系统|脚本|程序|命令).{0,20}(?:将|会|执行|自动)|自动",
        duty="必须|需要|应该|应当|須|须",
        being="是|表示|意味着|属于|指的是",
        called_steps="步骤|步驟",
    ),
    "ja": Words(
        step="手順|ステップ|工程|段階|フェーズ",
        procedure="手順|手続|方法|ステップ|操作|流れ|やり方|進め方|ワークフロー|インストール|設定|セットアップ|使い方|"
        "作業|対応|ガイド|マニュアル|チェックリスト|プロセス|始め方|復旧|実施",
        other="材料|設備|例$|サンプル|目次|リンク|要件|前提|はじめに|質問|よくある|特徴|機能|ツール|概要|背景|症状|原因|"
        "準備するもの|用語|注意|備考|補足|参照|参考|関連",
        chapter="目的|目標|適用範囲|範囲|責任|役割|定義|用語|略語|参考|参照|記録|付録|添付|改訂|履歴|関連文書|まとめ",
        apart="対象外|範囲外|含まれない|含まない|除外|例外|適用外",
        following="次の手順|以下の手順|次のとおり|以下のとおり|次のように|以下のように|下記",
        items="例えば|たとえば|含まれます|含みます|以下の(?:項目|情報|種類)|があります",
        acts="(?:実行され|行われ|自動的に|自動で|システム(?:が|は)|スクリプト(?:が|は)|これにより)",
        duty="必要があります|しなければ|ください|べき",
        being="である|です|とは|を意味|を指",
        called_steps="手順|ステップ|流れ",
    ),
    "ko": Words(
        step="단계|스텝",
        procedure="절차|단계|방법|지침|순서|과정|설치|설정|작업|가이드|안내|매뉴얼|체크리스트|워크플로|사용법|진행",
        other="재료|장비|예시|예제|목차|링크|요구|사전|소개|질문|장점|특징|기능|도구|개요|배경|증상|원인|준비물",
        chapter="목적|목표|적용 ?범위|범위|책임|역할|정의|용어|약어|"
        "참고|참조|기록|부록|첨부|개정|이력|관련 문서|요약",
        apart="범위 ?(?:밖|외)|제외|포함되지|적용되지|예외",
        following="다음 (?:단계|절차|순서)|다음과 같|아래 (?:단계|순서)",
        items="예를 들|포함|다음 (?:정보|항목)|있습니다",
        acts="자동으로|(?:시스템|스크립트)(?:이|가|은|는)|수행됩니다|실행됩니다",
        duty="해야|필요합니다",
        being="[\\w]*이다|[\\w]*입니다|[\\w]*있습니다|의미합니다",
        called_steps="\\w*단계|\\w*절차",
    ),
    "sv": Words(
        step="steg|fas",
        procedure="\\w*rutin|\\w*instruktion|steg|instruktion|hur\\b|så här|tillvägagångssätt|arbetsgång|"
        "genomförande|"
        "installation|checklista|"
        "process|kom igång|utförande",
        other="material|utrustning|exempel|innehåll|länk|krav|förutsättning|inledning|frågor|fördel|verktyg|"
        "översikt",
        chapter="syfte|mål|omfattning|tillämpning|ansvar|definition|förkortning|referens|dokumentation|"
        "bilag|historik",
        apart="utanför|omfattar inte|ingår inte|undantag",
        following="följande steg|enligt följande|gör så här|så här",
        items="till exempel|innehåller|består|omfattar|det finns",
        acts="(?:detta|systemet|skriptet) .{0,40}(?:kommer|gör|utför)|automatiskt",
        duty="måste|ska|skall|behöver|bör",
        being="är|var|betyder|innehåller",
        called_steps="steg",
        common="och att det som en på är av för med den till inte ett i om har eller när",
        letters="åäö",
    ),
    "da": Words(
        step="trin|fase|skridt",
        procedure="fremgangsmåde|trin|vejledning|instruks|sådan|hvordan|procedure|udførelse|installation|"
        "tjekliste|proces",
        other="materiale|udstyr|eksempel|indhold|link|krav|forudsætning|indledning|spørgsmål|fordel|værktøj|"
        "oversigt",
        chapter="formål|mål|omfang|anvendelsesområde|ansvar|definition|forkortelse|reference|registrering|"
        "bilag|historik",
        apart="uden for|omfatter ikke|undtag",
        following="følgende trin|som følger|gør sådan|sådan",
        items="for eksempel|indeholder|består|omfatter|der er",
        duty="skal|må|bør|er nødvendigt",
        being="er|var|betyder|indeholder",
        called_steps="trin",
        common="og at det som en på er af for med den til ikke et i om har eller når",
        letters="æø",
    ),
    "nb": Words(
        step="trinn|steg|fase",
        procedure="fremgangsmåte|framgangsmåte|trinn|steg|veiledning|instruks|slik|hvordan|prosedyre|"
        "utførelse|"
        "installasjon|sjekkliste|prosess|rutine",
        other="materiale|utstyr|eksempel|innhold|lenke|krav|forutsetning|innledning|spørsmål|fordel|verktøy|"
        "oversikt",
        chapter="formål|mål|omfang|virkeområde|ansvar|definisjon|forkortelse|referanse|registrering|vedlegg|"
        "historikk",
        apart="utenfor|omfatter ikke|unntak",
        following="følgende trinn|som følger|gjør slik|slik",
        items="for eksempel|inneholder|består|omfatter|det finnes",
        duty="må|skal|bør|er nødvendig",
        being="er|var|betyr|inneholder",
        called_steps="trinn",
        common="og at det som en på er av for med den til ikke et i om har eller når",
        letters="æø",
    ),
    "fi": Words(
        step="vaihe|askel",
        procedure="menettely|vaihe|vaihee|ohje|miten|näin|toimintaohje|työohje|suoritus|asennus|asetukset|"
        "tarkistuslista|"
        "prosessi|tehtävät",
        other="materiaali|tarvikkeet|laitteet|esimerk|sisällys|linkit|vaatimukset|edellytykset|johdanto|"
        "kysymyk|edut|"
        "työkalut",
        chapter="tarkoitus|tavoite|soveltamisala|laajuus|vastuu|määritelm|lyhente|viitteet|viittaukset|"
        "tallenteet|liite|"
        "liitteet|historia",
        apart="ei (?:sisälly|kuulu|kata)|ulkopuolella|poikkeuk",
        following="seuraavat vaiheet|seuraavasti|toimi näin|noudata",
        items="esimerkiksi|sisältää|koostuu",
        duty="täytyy|pitää|on|tulee",
        being="on|ovat|oli|tarkoittaa|sisältää",
        called_steps="vaiheet",
        common="ja on ei se että tai kun jos ovat voi mutta sekä myös",
        letters="äö",
    ),
    "et": Words(
        step="samm|etapp|faas",
        procedure="protseduur|samm|juhend|kuidas|töökord|paigaldamine|seadistamine|kontrollnimekiri|"
        "toimingud",
        other="materjal|seadmed|näide|näited|sisukord|lingid|nõuded|eeldused|sissejuhatus|küsimused|"
        "tööriistad",
        chapter="eesmärk|ulatus|kohaldamisala|vastutus|mõisted|lühendid|viited|kirjed|lisad|ajalugu",
        apart="ei hõlma|välja arvatud|erandid",
        following="järgmised sammud|järgmiselt",
        duty="peab|tuleb|vaja",
        being="on|oli|tähendab",
        called_steps="sammud",
        common="ja on ei see et või kui ning mis ka ole",
        letters="õ",
    ),
    "lv": Words(
        step="solis|posms|fāze",
        procedure="procedūra|soļi|instrukcij|kā\\b|kārtība|process|uzstādīšana|iestatīšana|izpilde|uzdevumi",
        other="materiāli|aprīkojums|piemēr|saturs|saites|prasības|priekšnosacījumi|ievads|jautājumi|rīki",
        chapter="mērķis|nolūks|darbības joma|atbildība|definīcijas|saīsinājumi|atsauces|ieraksti|pielikum|"
        "vēsture",
        apart="neattiecas|ārpus|izņēmum",
        following="šādas darbības|šādi soļi|rīkojieties",
        duty="jā\\w+|nepieciešams|vajag",
        being="ir|bija|nozīmē",
        called_steps="soļi",
        common="un ir no uz ar par kas lai vai ka nav pie",
        letters="āēīķļņģ",
    ),
    "lt": Words(
        step="žingsnis|etapas|fazė",
        procedure="procedūr|žingsni|instrukcij|kaip\\b|tvarka|eiga|procesas|diegimas|nustatymas|atlikimas|"
        "užduotys",
        other="medžiag|įranga|pavyzd|turinys|nuorod|reikalavim|sąlygos|įvadas|klausim|įrankiai",
        chapter="tikslas|paskirtis|taikymo sritis|atsakomyb|apibrėžim|sąvokos|santrump|įrašai|pried|"
        "istorija|dokument",
        apart="netaikoma|neapima|išimtys",
        following="šiuos veiksmus|šie žingsniai|tokia tvarka",
        duty="reikia|privalo|turi",
        being="yra|buvo|reiškia",
        called_steps="žingsniai",
        common="ir yra į iš su kad ar ne per už nuo arba kai",
        letters="ėįųūčšž",
    ),
    "af": Words(
        step="stap|fase",
        procedure="stap|prosedure|instruksie|hoe om|kontrolelys|werkwyse",
        other="materia|toerusting|voorbeeld|inhoud|verwysing|vereiste|inleiding",
        chapter="doel|omvang|verantwoordelik|definisie|verwysing|rekord|bylae",
        following="volgende stappe|soos volg",
        duty="moet",
        being="is|was|beteken",
        steps_heading="stappe|prosedure|kontrolelys",
        other_heading="verwysings",
        steps_intro="volgende stappe",
        common="die en van is het om te nie in vir met jou word wat op sal of",
        telltale="vir om te jou u sal wat",
    ),
    "ca": Words(
        step="pas|etapa|fase",
        procedure="procediment|passos|instruccions|com\\b|guia|procés|instal·lació|configuració",
        other="material|equip|exemple|contingut|enllaç|requisit|introducció|preguntes|eines",
        chapter="objectiu|objecte|abast|responsabilit|definicions|referències|registres|annex|historial",
        apart="fora de l.abast|no inclou|excepci",
        following="passos següents|com segueix|seguiu",
        duty="cal|ha de|han de",
        being="és|són|era|significa",
        article_title="reglament",
        common="el la els les i de que en per amb un una no es del al més o",
        letters="·ï",
    ),
}  # fmt: skip


def in_any(kind: str) -> str:
    """The words of this kind in all languages, as a part of a regular expression."""
    return "|".join(filter(None, (getattr(words, kind) for words in LEXICON.values())))


def beginning_in_any(kind: str) -> str:
    """The same where words begin with them; in a language of `UNSPACED`, anywhere."""
    given = {code: getattr(words, kind) for code, words in LEXICON.items() if getattr(words, kind)}
    spaced = "|".join(part for code, part in given.items() if code not in UNSPACED)
    return "|".join([rf"\b(?:{spaced})", *(given[code] for code in UNSPACED if code in given)])
