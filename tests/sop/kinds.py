"""Small documents of the kinds that people write, each with its steps as (line, box, depth)."""

from __future__ import annotations

KINDS: dict[str, tuple[str, list[tuple[int, int, int]]]] = {
    "1.1 under items": (
        "# Clean\n"
        "\n"
        "1. Prepare\n"
        "1.1 Put on gloves\n"
        "1.2 Get the cloth\n"
        "2. Clean the glass\n"
        "2.1. Spray it\n"
        "2.2. Wipe it\n"
        "3. Note the time\n",
        [(3, 0, 1), (4, 0, 2), (5, 0, 2), (6, 0, 1), (7, 0, 2), (8, 0, 2), (9, 0, 1)],
    ),
    "1.1 under headings": (
        "# Clean\n"
        "\n"
        "## 1. Prepare the room\n"
        "\n"
        "1.1 Put on gloves\n"
        "\n"
        "1.2 Get the cloth\n"
        "\n"
        "## 2. Clean the glass\n"
        "\n"
        "2.1 Spray it\n"
        "\n"
        "2.2 Wipe it\n",
        [(3, 0, 1), (5, 0, 2), (7, 0, 2), (9, 0, 1), (11, 0, 2), (13, 0, 2)],
    ),
    "parens": (
        "# Clean\n\n(1) Put on gloves\n(2) Get the cloth\n(3) Wipe it\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "letters upper over numbers": (
        "# Clean\n"
        "\n"
        "A. Prepare the room\n"
        "1. Put on gloves\n"
        "2. Get the cloth\n"
        "B. Clean the glass\n"
        "1. Spray it\n"
        "2. Wipe it\n"
        "C. Note the time\n",
        [(3, 0, 1), (4, 0, 2), (5, 0, 2), (6, 0, 1), (7, 0, 2), (8, 0, 2), (9, 0, 1)],
    ),
    "step paras with lists, blank": (
        "# Ship\n"
        "\n"
        "**Schritt 1 – Paket packen**\n"
        "\n"
        "1. Karton falten\n"
        "2. Ware einlegen\n"
        "\n"
        "**Schritt 2 – Etikett drucken**\n"
        "\n"
        "1. Drucker einschalten\n"
        "2. Etikett aufkleben\n",
        [(3, 0, 1), (5, 0, 2), (6, 0, 2), (8, 0, 1), (10, 0, 2), (11, 0, 2)],
    ),
    "step paras with letters": (
        "# Ship\n"
        "\n"
        "Step 1: Pack the parcel\n"
        "\n"
        "a) Fold the box\n"
        "b) Put the goods in\n"
        "\n"
        "Step 2: Print the label\n"
        "\n"
        "a) Turn the printer on\n"
        "b) Press print\n",
        [(3, 0, 1), (5, 0, 2), (6, 0, 2), (8, 0, 1), (10, 0, 2), (11, 0, 2)],
    ),
    "numbered headings with bullets with numbers": (
        "# Deploy the shop\n"
        "\n"
        "## 1. Prepare\n"
        "\n"
        "- On the server:\n"
        "  1. Stop the job\n"
        "  2. Copy the files\n"
        "\n"
        "## 2. Deploy\n"
        "\n"
        "- On the client:\n"
        "  1. Open the page\n"
        "  2. Check the version\n",
        [(3, 0, 1), (6, 0, 2), (7, 0, 2), (9, 0, 1), (12, 0, 2), (13, 0, 2)],
    ),
    "one space indents": (
        "# Pay\n\n1. Open the form\n 1. Type the name\n 2. Type the sum\n2. Send it\n",
        [(3, 0, 1), (4, 0, 2), (5, 0, 2), (6, 0, 1)],
    ),
    "roman top": (
        "# Pay\n\nI. Open the form\nII. Fill it in\nIII. Send it\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "details": (
        "# Restore\n"
        "\n"
        "<details>\n"
        "<summary>Step 1: Stop the service</summary>\n"
        "\n"
        "1. Open the console\n"
        "2. Press stop\n"
        "\n"
        "</details>\n"
        "<details>\n"
        "<summary>Step 2: Restore the data</summary>\n"
        "\n"
        "1. Choose the file\n"
        "2. Press restore\n"
        "\n"
        "</details>\n",
        [(4, 0, 1), (6, 0, 2), (7, 0, 2), (11, 0, 1), (13, 0, 2), (14, 0, 2)],
    ),
    "html nested": (
        "# Restart\n"
        "\n"
        "<ol>\n"
        "<li>Turn it off\n"
        "<ol>\n"
        "<li>Press the button</li>\n"
        "<li>Wait</li>\n"
        "</ol>\n"
        "</li>\n"
        "<li>Turn it on</li>\n"
        "</ol>\n",
        [(4, 0, 1), (6, 0, 2), (7, 0, 2), (10, 0, 1)],
    ),
    "trailing fence": (
        "# Deploy\n"
        "\n"
        "1. Get the address: ```bash\n"
        "# tool list\n"
        "```\n"
        "2. Deploy it: ```bash\n"
        "tool deploy\n"
        "```\n"
        "3. Wait a minute.\n",
        [(3, 0, 1), (6, 0, 1), (9, 0, 1)],
    ),
    "escaped numbers": (
        "# Pay\n\n1\\. Open the form\n\n2\\. Fill it in\n\n3\\. Send it\n",
        [(3, 0, 1), (5, 0, 1), (7, 0, 1)],
    ),
    "glued": (
        "# 退款流程\n\n1.打开订单\n2.核对金额\n3.点击退款\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "zh std with sub": (
        "# 发布流程\n"
        "\n"
        "1. 拉取代码\n"
        "   1) 打开终端\n"
        "   2) 执行命令\n"
        "2. 编译项目\n"
        "   - 注意版本\n"
        "3. 部署到服务器\n",
        [(3, 0, 1), (4, 0, 2), (5, 0, 2), (6, 0, 1), (8, 0, 1)],
    ),
    "cjk headings": (
        "# 发布流程\n"
        "\n"
        "## 一、准备环境\n"
        "\n"
        "1. 安装软件\n"
        "2. 配置网络\n"
        "\n"
        "## 二、部署服务\n"
        "\n"
        "1. 上传文件\n"
        "2. 启动服务\n",
        [(3, 0, 1), (5, 0, 2), (6, 0, 2), (8, 0, 1), (10, 0, 2), (11, 0, 2)],
    ),
    "toc": (
        "# Handbook\n"
        "\n"
        "## Contents\n"
        "\n"
        "1. Opening\n"
        "2. Closing\n"
        "3. Night\n"
        "\n"
        "## Opening\n"
        "\n"
        "1. Turn on the lights.\n"
        "2. Unlock the door.\n"
        "\n"
        "## Closing\n"
        "\n"
        "1. Count the till.\n"
        "2. Lock the door.\n",
        [(11, 0, 1), (12, 0, 1), (16, 0, 1), (17, 0, 1)],
    ),
    "prose letters": (
        "# Letter\n"
        "\n"
        "We met a) the baker and\n"
        "b) the cook. They said\n"
        "c) nothing at all.\n"
        "\n"
        "Dear Mr. Smith,\n"
        "A. Jones was there.\n",
        [],
    ),
    "definitions de": (
        "# Lager\n"
        "\n"
        "## Begriffe\n"
        "\n"
        "1. **Regal**: ein Gestell für Ware.\n"
        "2. **Gang**: der Weg zwischen Regalen.\n"
        "3. **Platz**: ein Fach im Regal.\n",
        [],
    ),
    "facts tr": (
        "# Depo hakkında\n"
        "\n"
        "Depomuzun özellikleri:\n"
        "\n"
        "1. Büyük bir alan vardır.\n"
        "2. Soğuk hava deposu mevcuttur.\n"
        "3. Güvenlik kameraları vardır.\n",
        [],
    ),
    "fr SOP chapters": (
        "# Procédure de retour\n"
        "\n"
        "## 1. Objet\n"
        "\n"
        "Ce document décrit les retours.\n"
        "\n"
        "## 2. Domaine d'application\n"
        "\n"
        "Tous les magasins.\n"
        "\n"
        "## 3. Responsabilités\n"
        "\n"
        "1. Le chef d'équipe : signe la fiche.\n"
        "2. L'équipe : contrôle.\n"
        "\n"
        "## 4. Déroulement\n"
        "\n"
        "1. Ouvrir le colis.\n"
        "2. Contrôler l'article.\n"
        "   a. Vérifier la couleur.\n"
        "   b. Vérifier la taille.\n"
        "3. Imprimer l'étiquette.\n"
        "\n"
        "## 5. Références\n"
        "\n"
        "1. Manuel qualité\n"
        "2. Norme ISO 9001\n",
        [(18, 0, 1), (19, 0, 1), (20, 0, 2), (21, 0, 2), (22, 0, 1)],
    ),
    "es numbered headings": (
        "# Cómo devolver un pedido\n"
        "\n"
        "## 1. Abrir el pedido\n"
        "\n"
        "1. Entre en el panel.\n"
        "2. Busque el número.\n"
        "\n"
        "## 2. Comprobar el importe\n"
        "\n"
        "Compare con la factura.\n"
        "\n"
        "## 3. Devolver el dinero\n"
        "\n"
        "- Pulse **Devolver**\n",
        [(3, 0, 1), (5, 0, 2), (6, 0, 2), (8, 0, 1), (12, 0, 1)],
    ),
    "pt tasks under headings": (
        "# Abertura da loja\n"
        "\n"
        "## Passo 1 – Luzes\n"
        "\n"
        "- [ ] Acender as luzes\n"
        "- [ ] Ligar o ar\n"
        "\n"
        "## Passo 2 – Caixa\n"
        "\n"
        "- [ ] Contar o dinheiro\n",
        [(3, 0, 1), (5, 1, 2), (6, 1, 2), (8, 0, 1), (10, 1, 2)],
    ),
    "vi": (
        "# Quy trình đóng gói\n"
        "\n"
        "Bước 1: Mở hộp\n"
        "\n"
        "Bước 2: Đặt hàng vào hộp\n"
        "\n"
        "- Kiểm tra số lượng\n"
        "\n"
        "Bước 3: Dán nhãn\n",
        [(3, 0, 1), (5, 0, 1), (9, 0, 1)],
    ),
    "ru colon list": (
        "# Отгрузка\n"
        "\n"
        "1) Откройте заказ\n"
        "   а) Найдите номер\n"
        "   б) Проверьте адрес\n"
        "2) Упакуйте товар\n"
        "3) Наклейте этикетку\n",
        [(3, 0, 1), (4, 0, 2), (5, 0, 2), (6, 0, 1), (7, 0, 1)],
    ),
    "box lines": (
        "# Abschluss\n\n☐ Kasse zählen\n☐ Licht aus\n☑ Tür zu\n",
        [(3, 1, 1), (4, 1, 1), (5, 1, 1)],
    ),
    "box no bullet brackets": (
        "# Close\n\n[ ] Count the till\n[x] Lock the door\n",
        [(3, 1, 1), (4, 1, 1)],
    ),
    "task empty brackets": (
        "# Close\n\n- [] Count the till\n- [] Lock the door\n",
        [(3, 1, 1), (4, 1, 1)],
    ),
    "bold number + text after": (
        "# Kasse\n\n**1.** Kasse öffnen\n\n**2.** Geld zählen\n\n**3.** Kasse schließen\n",
        [(3, 0, 1), (5, 0, 1), (7, 0, 1)],
    ),
    "emoji headings": (
        "# Onboarding\n"
        "\n"
        "### 1️⃣ Create the account\n"
        "\n"
        "1. Open the form\n"
        "2. Type the name\n"
        "\n"
        "### 2️⃣ Send the mail\n"
        "\n"
        "1. Write it\n"
        "2. Press send\n",
        [(3, 0, 1), (5, 0, 2), (6, 0, 2), (8, 0, 1), (10, 0, 2), (11, 0, 2)],
    ),
    "sub under sub by letters roman at col 0": (
        "# Mount\n"
        "\n"
        "1. Drill the holes\n"
        "a. Mark the height\n"
        "b. Drill\n"
        "i. Take the bit\n"
        "ii. Drill deep\n"
        "c. Clean\n"
        "2. Push the plugs in\n",
        [(3, 0, 1), (4, 0, 2), (5, 0, 2), (6, 0, 3), (7, 0, 3), (8, 0, 2), (9, 0, 1)],
    ),
    "policy headings": (
        "# Data retention policy\n"
        "\n"
        "## 1. Overview\n"
        "\n"
        "Text about it.\n"
        "\n"
        "## 2. Retention periods\n"
        "\n"
        "We keep it for long.\n"
        "\n"
        "## 3. Exceptions\n"
        "\n"
        "None.\n",
        [],
    ),
    "article": (
        "# How our search works\n"
        "\n"
        "## 1. The index\n"
        "\n"
        "It holds words. It holds many words. And it is built each night.\n"
        "\n"
        "## 2. The query\n"
        "\n"
        "It is parsed. Then run.\n"
        "\n"
        "## 3. Ranking\n"
        "\n"
        "By fit.\n",
        [],
    ),
    "faq": (
        "# FAQ\n"
        "\n"
        "1. What is a tote?\n"
        "   It is a box.\n"
        "2. Where are the keys?\n"
        "   In the office.\n"
        "3. Who opens?\n"
        "   The lead.\n",
        [],
    ),
    "nl": (
        "# Retour verwerken\n\n1. Doos openen\n2. Artikel controleren\n3. Label printen\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "th": (
        "# วิธีคืนสินค้า\n\n1. เปิดกล่อง\n2. ตรวจสอบสินค้า\n3. พิมพ์ฉลาก\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "hi": (
        "# वापसी\n\n1. पैकेट खोलें।\n2. उत्पाद की जाँच करें।\n3. लेबल प्रिंट करें।\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "fa": (
        "# برگشت\n\n۱. بسته را باز کنید.\n۲. کالا را بررسی کنید.\n۳. برچسب را چاپ کنید.\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "ordered in numbered heading with h3 1.1": (
        "# Install the server\n"
        "\n"
        "## 1. Prepare\n"
        "\n"
        "### 1.1 Get the disk\n"
        "\n"
        "1. Download the image\n"
        "2. Burn it\n"
        "\n"
        "### 1.2 Check the machine\n"
        "\n"
        "Look at the lamps.\n"
        "\n"
        "## 2. Install\n"
        "\n"
        "### 2.1 Start from the disk\n"
        "\n"
        "1. Press F12\n",
        [(3, 0, 1), (5, 0, 2), (7, 0, 3), (8, 0, 3), (10, 0, 2), (14, 0, 1), (16, 0, 2), (18, 0, 3)],
    ),
    "arrow bullets": (
        "# Refund\n\n1 → Open the order\n2 → Check it\n3 → Press refund\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "circled sub": (
        "# 出荷手順\n\n1. 注文を開く\n　① 番号を確認する\n　② 住所を確認する\n2. 箱に入れる\n",
        [(3, 0, 1), (4, 0, 2), (5, 0, 2), (6, 0, 1)],
    ),
    "table nested": (
        "# Check\n"
        "\n"
        "## Step 1: Walk around\n"
        "\n"
        "| ☐ | Tyres |\n"
        "|---|---|\n"
        "| ☐ | Oil level |\n"
        "| ☐ | Lights |\n"
        "\n"
        "## Step 2: Sign\n",
        [(3, 0, 1), (7, 1, 2), (8, 1, 2), (10, 0, 1)],
    ),
    "hr numbered": (
        "# Povrat\n"
        "\n"
        "1. Otvorite paket.\n"
        "2. Provjerite proizvod.\n"
        "    - boja\n"
        "    - veličina\n"
        "3. Ispišite naljepnicu.\n",
        [(3, 0, 1), (4, 0, 1), (7, 0, 1)],
    ),
    "el facts": (
        "# Περί\n\n## Ορισμοί\n\n1. Παλέτα: ξύλινη βάση.\n2. Ράφι: θέση.\n",
        [],
    ),
    "pl steps bold list": (
        "# Zwrot towaru\n"
        "\n"
        "**Krok 1. Otwórz paczkę**\n"
        "- sprawdź etykietę\n"
        "**Krok 2. Sprawdź towar**\n"
        "1. Policz sztuki\n"
        "2. Obejrzyj\n"
        "**Krok 3. Zwróć pieniądze**\n",
        [(3, 0, 1), (5, 0, 1), (6, 0, 2), (7, 0, 2), (8, 0, 1)],
    ),
    "de noun sentences": (
        "# Wareneingang\n"
        "\n"
        "1. Lieferschein prüfen\n"
        "2. Ware zählen\n"
        "3. Abweichungen melden\n"
        "4. Ware einlagern\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1), (6, 0, 1)],
    ),
    "step in text prose": (
        "# About\n"
        "\n"
        "In our process step 1: is the order, and then others follow.\n"
        "\n"
        "Step 2 is harder than it looks.\n",
        [],
    ),
    "runbook en nouns with lists": (
        "# Incident response playbook: phishing\n"
        "\n"
        "## 1. Preparation\n"
        "\n"
        "1. Read the plan.\n"
        "2. Open a ticket.\n"
        "\n"
        "## 2. Detection and analysis\n"
        "\n"
        "1. Collect the mail headers.\n"
        "2. Search the proxy log.\n"
        "\n"
        "## 3. Containment\n"
        "\n"
        "- Block the sender.\n"
        "\n"
        "## 4. Post-incident\n"
        "\n"
        "1. Write the report.\n",
        [
            (3, 0, 1),
            (5, 0, 2),
            (6, 0, 2),
            (8, 0, 1),
            (10, 0, 2),
            (11, 0, 2),
            (13, 0, 1),
            (17, 0, 1),
            (19, 0, 2),
        ],
    ),
    "h3 phases without number": (
        "# Phishing\n"
        "\n"
        "## Response\n"
        "\n"
        "### Analysis\n"
        "\n"
        "1. Collect the headers\n"
        "2. Search the log\n"
        "\n"
        "### Containment\n"
        "\n"
        "1. Block the sender\n",
        [(7, 0, 1), (8, 0, 1), (12, 0, 1)],
    ),
    "ru numbered noun headings with lists": (
        "# Порядок приёма возврата\n"
        "\n"
        "## 1. Приёмка товара\n"
        "\n"
        "1. Проверить упаковку\n"
        "2. Сверить номер заказа\n"
        "\n"
        "## 2. Осмотр\n"
        "\n"
        "1. Осмотреть товар\n"
        "2. Сделать фото\n"
        "\n"
        "## 3. Возврат денег\n"
        "\n"
        "1. Нажать «Вернуть»\n",
        [(3, 0, 1), (5, 0, 2), (6, 0, 2), (8, 0, 1), (10, 0, 2), (11, 0, 2), (13, 0, 1), (15, 0, 2)],
    ),
    "ja polite list": (
        "# 開店作業\n"
        "\n"
        "## 準備\n"
        "\n"
        "1. 電気をつけます。\n"
        "2. レジを起動します。\n"
        "   - パスワードは店長に聞いてください。\n"
        "3. 釣り銭を確認します。\n"
        "\n"
        "## 注意事項\n"
        "\n"
        "1. 店内は禁煙です。\n"
        "2. 在庫は毎日変わります。\n",
        [(5, 0, 1), (6, 0, 1), (8, 0, 1)],
    ),
    "ko": (
        "# 매장 오픈\n\n1. 불을 켠다\n2. 포스기를 켭니다\n3. 잔돈 확인\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "zh notes": (
        "# 系统说明\n"
        "\n"
        "## 特性\n"
        "\n"
        "1. 支持多种语言\n"
        "2. 可以离线使用\n"
        "3. 数据自动同步\n"
        "\n"
        "## 安装\n"
        "\n"
        "1. 下载安装包\n"
        "2. 双击运行\n",
        [(11, 0, 1), (12, 0, 1)],
    ),
    "fr tutoiement": (
        "# Créer un compte\n"
        "\n"
        "1. Va sur la page d'accueil\n"
        "2. Clique sur **Inscription**\n"
        "3. Remplis le formulaire\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "fr definitions": (
        "# Entrepôt\n"
        "\n"
        "Il y a trois zones :\n"
        "\n"
        "1. Zone de réception\n"
        "2. Zone de stockage\n"
        "3. Zone d'expédition\n",
        [],
    ),
    "es facts": (
        "# Nuestro almacén\n"
        "\n"
        "Ventajas:\n"
        "\n"
        "1. Es más rápido que antes.\n"
        "2. La zona es más grande.\n"
        "3. Los pedidos salen el mismo día.\n",
        [],
    ),
    "de material": (
        "# Reparatur\n"
        "\n"
        "## Benötigtes Material\n"
        "\n"
        "1. Schraubendreher\n"
        "2. 4 Schrauben M3\n"
        "3. Ein Tuch\n"
        "\n"
        "## Durchführung\n"
        "\n"
        "1. Gehäuse öffnen\n"
        "2. Schrauben lösen und beiseitelegen\n"
        "3. Deckel abnehmen\n",
        [(11, 0, 1), (12, 0, 1), (13, 0, 1)],
    ),
    "pl procedura nested": (
        "# Procedura otwarcia sklepu\n"
        "\n"
        "## Krok 1 – Alarm\n"
        "\n"
        "1. Wpisz kod\n"
        "   1. Poczekaj na sygnał\n"
        "   2. Zdejmij kłódkę\n"
        "2. Zapal światło\n"
        "\n"
        "## Krok 2 – Kasa\n"
        "\n"
        "a) Policz pieniądze\n"
        "b) Wpisz kwotę\n",
        [(3, 0, 1), (5, 0, 2), (6, 0, 3), (7, 0, 3), (8, 0, 2), (10, 0, 1), (12, 0, 2), (13, 0, 2)],
    ),
    "step headings w/ subheads bold": (
        "# Deploy\n"
        "\n"
        "## Step 1: Build\n"
        "\n"
        "**On Linux:**\n"
        "\n"
        "1. Run `make`\n"
        "2. Copy the file\n"
        "\n"
        "**On Windows:**\n"
        "\n"
        "1. Run `build.bat`\n"
        "\n"
        "## Step 2: Upload\n"
        "\n"
        "Use the form.\n",
        [(3, 0, 1), (7, 0, 2), (8, 0, 2), (12, 0, 2), (14, 0, 1)],
    ),
    "step headings w/ h3 sub": (
        "# Deploy\n"
        "\n"
        "## Step 1: Build\n"
        "\n"
        "### Linux\n"
        "\n"
        "1. Run `make`\n"
        "\n"
        "### Windows\n"
        "\n"
        "1. Run `build.bat`\n"
        "\n"
        "## Step 2: Upload\n"
        "\n"
        "1. Open the form\n",
        [(3, 0, 1), (7, 0, 2), (11, 0, 2), (13, 0, 1), (15, 0, 2)],
    ),
    "tasks in table nested under list no blank": (
        "# Check\n\n1. Walk around\n   - [ ] Oil\n   - [ ] Light\n2. Start it\n   - bullet\n     - [ ] Gas\n",
        [(3, 0, 1), (4, 1, 2), (5, 1, 2), (6, 0, 1), (8, 1, 2)],
    ),
    "h4 lettered headings": (
        "# Close the shop\n"
        "\n"
        "### A. Lock the till\n"
        "\n"
        "1. Count\n"
        "2. Close\n"
        "\n"
        "### B. Turn off the lights\n"
        "\n"
        "1. Upstairs\n"
        "2. Downstairs\n",
        [(3, 0, 1), (5, 0, 2), (6, 0, 2), (8, 0, 1), (10, 0, 2), (11, 0, 2)],
    ),
    "changelog": (
        "# Changelog\n\n## 2.1.0\n\n1. Fix the box\n2. Add the lid\n\n## 2.0.0\n\n1. Remove the door\n",
        [],
    ),
    "link list": (
        "# Start\n"
        "\n"
        "1. [Opening](opening.md)\n"
        "2. [Closing](closing.md) for nights\n"
        "3. [Returns](returns.md)\n",
        [],
    ),
    "contract": (
        "# Service agreement\n"
        "\n"
        "## 1. Services\n"
        "\n"
        "1. The provider shall deliver the services.\n"
        "2. The customer agrees that the services may change.\n"
        "\n"
        "## 2. Liability\n"
        "\n"
        "1. The provider shall not be liable for loss.\n"
        "2. Warranties are excluded.\n"
        "\n"
        "## 3. Governing law\n"
        "\n"
        "1. The jurisdiction is Berlin.\n",
        [],
    ),
    "emoji boxes": (
        "# Packliste\n\n⬜ Zelt einpacken\n⬜ Schlafsack einpacken\n",
        [(3, 1, 1), (4, 1, 1)],
    ),
    "sop table of responsibilities + numbered bold": (
        "# SOP: Returns\n"
        "\n"
        "## Purpose\n"
        "\n"
        "1. Handle returns in one day.\n"
        "\n"
        "## Procedure\n"
        "\n"
        "**1. Receive the parcel**\n"
        "\n"
        "- Check the label.\n"
        "\n"
        "**2. Inspect**\n"
        "\n"
        "1. Look for damage.\n"
        "2. Take a photo.\n"
        "\n"
        "**3. Refund**\n"
        "\n"
        "Press Refund.\n",
        [(9, 0, 1), (13, 0, 1), (15, 0, 2), (16, 0, 2), (18, 0, 1)],
    ),
    "it": (
        "# Apertura negozio\n"
        "\n"
        "1. Accendere le luci\n"
        "2. Avviare la cassa\n"
        "    - Password dal responsabile\n"
        "3. Controllare il resto\n"
        "\n"
        "## Note\n"
        "\n"
        "1. Il negozio è chiuso il lunedì.\n"
        "2. La cassa è nuova.\n",
        [(3, 0, 1), (4, 0, 1), (6, 0, 1)],
    ),
    "numbers with bold lead and desc (en)": (
        "# Set up the mail\n"
        "\n"
        "1. **Create the account** - use the company domain.\n"
        "2. **Add the signature** - copy it from the wiki.\n"
        "3. **Test it** - send a mail to yourself.\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "roles list": (
        "# Team\n"
        "\n"
        "## Roles\n"
        "\n"
        "1. **Lead**: plans the shift.\n"
        "2. **Picker**: fetches the goods.\n"
        "3. **Packer**: packs the parcels.\n",
        [],
    ),
    "numbered headings mix in guide only some numbered": (
        "# Guide to the scale\n"
        "\n"
        "## What it is\n"
        "\n"
        "A scale.\n"
        "\n"
        "## Setup\n"
        "\n"
        "### Step 1 - Unpack\n"
        "\n"
        "Take it out.\n"
        "\n"
        "### Step 2 - Plug in\n"
        "\n"
        "- [ ] Cable\n"
        "- [ ] Lamp is green\n"
        "\n"
        "## Troubleshooting\n"
        "\n"
        "1. If the lamp is red, unplug the scale.\n"
        "2. Wait a minute and plug it in again.\n",
        [(9, 0, 1), (13, 0, 1), (15, 1, 2), (16, 1, 2), (20, 0, 1), (21, 0, 1)],
    ),
    "tr yüklem": (
        "# Depo açılışı\n"
        "\n"
        "## Hazırlık\n"
        "\n"
        "1. Işıkları açın\n"
        "2. Kasayı sayın\n"
        "   a. Bozuk para\n"
        "   b. Kağıt para\n"
        "\n"
        "## Kurallar\n"
        "\n"
        "1. Sigara içmek yasaktır.\n"
        "2. Kapılar kapalıdır.\n",
        [(5, 0, 1), (6, 0, 1), (7, 0, 2), (8, 0, 2)],
    ),
    "cs odrážky": (
        "# Postup při reklamaci\n"
        "\n"
        "1. krok: Přijměte zboží\n"
        "2. krok: Zkontrolujte doklad\n"
        "3. krok: Vystavte protokol\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "code between at col 0 in substeps": (
        "# Install\n"
        "\n"
        "1. Prepare\n"
        "   1. Open a shell\n"
        "   2. Type this:\n"
        "\n"
        "```sh\n"
        "ls\n"
        "```\n"
        "\n"
        "   3. Close it\n"
        "2. Done\n",
        [(3, 0, 1), (4, 0, 2), (5, 0, 2), (11, 0, 2), (12, 0, 1)],
    ),
    "sub steps with paragraphs": (
        "# Install\n"
        "\n"
        "1. Prepare the disk\n"
        "\n"
        "   Some text.\n"
        "\n"
        "   1. Open it\n"
        "\n"
        "      More text.\n"
        "\n"
        "   2. Close it\n"
        "\n"
        "2. Start the machine\n",
        [(3, 0, 1), (7, 0, 2), (11, 0, 2), (13, 0, 1)],
    ),
    "steps in quotes list": (
        "# X\n\n> 1. Open the order\n> 2. Check it\n>    a) name\n>    b) sum\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 2), (6, 0, 2)],
    ),
    "two digit alpha mix": (
        "# X\n\n1. Open the order\n   1a. Check the name\n   1b. Check the sum\n2. Close it\n",
        [(3, 0, 1), (4, 0, 2), (5, 0, 2), (6, 0, 1)],
    ),
    "number paren letter combos": (
        "# X\n\nStep 1a: Open the order\n\nStep 1b: Check the sum\n\nStep 2: Close it\n",
        [(3, 0, 1), (5, 0, 1), (7, 0, 1)],
    ),
    "heading '1) x' and '2) y' with tasks": (
        "# Onboarding\n"
        "\n"
        "## 1) Before the first day\n"
        "\n"
        "- [ ] Order a laptop\n"
        "- [ ] Create the account\n"
        "\n"
        "## 2) First day\n"
        "\n"
        "- [ ] Show the office\n",
        [(3, 0, 1), (5, 1, 2), (6, 1, 2), (8, 0, 1), (10, 1, 2)],
    ),
    "day headings tasks": (
        "# Onboarding\n\n## Day 1\n\n- [ ] Order a laptop\n\n## Day 2\n\n- [ ] Show the office\n",
        [(5, 1, 1), (9, 1, 1)],
    ),
    "zh bold steps with lists": (
        "# 服务器重启手册\n"
        "\n"
        "**步骤一：通知用户**\n"
        "\n"
        "1. 打开群聊\n"
        "2. 发送公告\n"
        "\n"
        "**步骤二：停止服务**\n"
        "\n"
        "1. 登录服务器\n"
        "2. 执行命令：\n"
        "\n"
        "   ```bash\n"
        "   systemctl stop app\n"
        "   ```\n"
        "\n"
        "3. 检查状态\n"
        "\n"
        "**步骤三：重启**\n",
        [(3, 0, 1), (5, 0, 2), (6, 0, 2), (8, 0, 1), (10, 0, 2), (11, 0, 2), (17, 0, 2), (19, 0, 1)],
    ),
    "zh headings num no space": (
        "# 操作手册\n"
        "\n"
        "### 1.登录系统\n"
        "\n"
        "1. 打开网址\n"
        "2. 输入账号\n"
        "\n"
        "### 2.创建订单\n"
        "\n"
        "（1）点击新建\n"
        "（2）填写表单\n",
        [(3, 0, 1), (5, 0, 2), (6, 0, 2), (8, 0, 1), (10, 0, 2), (11, 0, 2)],
    ),
    "zh chapters with steps": (
        "# 采购流程\n"
        "\n"
        "## 一、目的\n"
        "\n"
        "规范采购。\n"
        "\n"
        "## 二、适用范围\n"
        "\n"
        "1. 所有部门\n"
        "2. 所有供应商\n"
        "\n"
        "## 三、流程\n"
        "\n"
        "1. 提交申请\n"
        "2. 主管审批\n"
        "3. 下单采购\n"
        "\n"
        "## 四、附件\n"
        "\n"
        "1. 申请表\n"
        "2. 合同模板\n",
        [(14, 0, 1), (15, 0, 1), (16, 0, 1)],
    ),
    "ja headings numbers": (
        "# サーバ再起動手順書\n"
        "\n"
        "## 1. 事前確認\n"
        "\n"
        "1. ログインする\n"
        "2. 状態を確認する\n"
        "\n"
        "## 2. 再起動\n"
        "\n"
        "1. コマンドを実行する\n"
        "\n"
        "## 3. 事後確認\n"
        "\n"
        "- 画面が表示されること\n",
        [(3, 0, 1), (5, 0, 2), (6, 0, 2), (8, 0, 1), (10, 0, 2), (12, 0, 1)],
    ),
    "ja chapters": (
        "# 返品対応手順\n"
        "\n"
        "## 目的\n"
        "\n"
        "返品を正しく処理する。\n"
        "\n"
        "## 適用範囲\n"
        "\n"
        "1. 店舗で購入した商品\n"
        "2. 通販で購入した商品\n"
        "\n"
        "## 手順\n"
        "\n"
        "1. レシートを確認する\n"
        "   1. 日付を見る\n"
        "   2. 金額を見る\n"
        "2. 商品を確認する\n"
        "3. 返金する\n"
        "\n"
        "## 関連文書\n"
        "\n"
        "1. 返品規程\n"
        "2. 会計規程\n",
        [(14, 0, 1), (15, 0, 2), (16, 0, 2), (17, 0, 1), (18, 0, 1)],
    ),
    "ko chapters": (
        "# 반품 처리 절차\n"
        "\n"
        "## 1. 목적\n"
        "\n"
        "반품을 처리한다.\n"
        "\n"
        "## 2. 적용 범위\n"
        "\n"
        "1. 온라인 주문\n"
        "2. 매장 주문\n"
        "\n"
        "## 3. 절차\n"
        "\n"
        "1. 영수증을 확인한다.\n"
        "   가. 날짜 확인\n"
        "   나. 금액 확인\n"
        "2. 상품을 확인한다.\n"
        "\n"
        "## 4. 참고\n"
        "\n"
        "1. 반품 규정\n",
        [(14, 0, 1), (15, 0, 2), (16, 0, 2), (17, 0, 1)],
    ),
    "ru chapters": (
        "# Инструкция по уборке\n"
        "\n"
        "## 1. Назначение\n"
        "\n"
        "Чистота.\n"
        "\n"
        "## 2. Область применения\n"
        "\n"
        "1. Кухня\n"
        "2. Склад\n"
        "\n"
        "## 3. Порядок работы\n"
        "\n"
        "1. Наденьте перчатки.\n"
        "2. Вымойте пол:\n"
        "   а) налейте воду;\n"
        "   б) добавьте средство.\n"
        "3. Слейте воду.\n"
        "\n"
        "## 4. Ответственность\n"
        "\n"
        "1. Старший смены отвечает за журнал.\n",
        [(14, 0, 1), (15, 0, 1), (16, 0, 2), (17, 0, 2), (18, 0, 1)],
    ),
    "pl chapters": (
        "# Procedura sprzątania\n"
        "\n"
        "## 1. Cel\n"
        "\n"
        "Czystość.\n"
        "\n"
        "## 2. Zakres\n"
        "\n"
        "1. Kuchnia\n"
        "2. Magazyn\n"
        "\n"
        "## 3. Opis postępowania\n"
        "\n"
        "1. Załóż rękawice.\n"
        "2. Umyj podłogę:\n"
        "    - ciepłą wodą\n"
        "3. Wylej wodę.\n"
        "\n"
        "## 4. Odpowiedzialność\n"
        "\n"
        "1. Kierownik zmiany prowadzi dziennik.\n"
        "\n"
        "## 5. Dokumenty związane\n"
        "\n"
        "1. Instrukcja BHP\n",
        [(14, 0, 1), (15, 0, 1), (17, 0, 1)],
    ),
    "pt chapters": (
        "# POP 03: Limpeza da cozinha\n"
        "\n"
        "## 1. Objetivo\n"
        "\n"
        "Manter limpo.\n"
        "\n"
        "## 2. Campo de aplicação\n"
        "\n"
        "1. Cozinha\n"
        "2. Depósito\n"
        "\n"
        "## 3. Responsabilidades\n"
        "\n"
        "1. O chefe assina a ficha.\n"
        "\n"
        "## 4. Descrição do procedimento\n"
        "\n"
        "1. Coloque as luvas.\n"
        "2. Lave o chão.\n"
        "   a) Encha o balde.\n"
        "   b) Adicione o produto.\n"
        "3. Jogue a água fora.\n"
        "\n"
        "## 5. Registros\n"
        "\n"
        "1. Ficha de limpeza\n",
        [(18, 0, 1), (19, 0, 1), (20, 0, 2), (21, 0, 2), (22, 0, 1)],
    ),
    "de sop": (
        "# SOP 7: Reinigung\n"
        "\n"
        "## 1 Zweck\n"
        "\n"
        "Sauber.\n"
        "\n"
        "## 2 Geltungsbereich\n"
        "\n"
        "Küche.\n"
        "\n"
        "## 3 Durchführung\n"
        "\n"
        "### 3.1 Vorbereiten\n"
        "\n"
        "1. Handschuhe anziehen\n"
        "2. Eimer füllen\n"
        "\n"
        "### 3.2 Wischen\n"
        "\n"
        "1. Boden wischen\n"
        "2. Wasser ausleeren\n"
        "\n"
        "## 4 Mitgeltende Unterlagen\n"
        "\n"
        "1. Hygieneplan\n"
        "2. Sicherheitsdatenblatt\n",
        [(13, 0, 1), (15, 0, 2), (16, 0, 2), (18, 0, 1), (20, 0, 2), (21, 0, 2)],
    ),
    "en SOP 3.x": (
        "# SOP 7: Cleaning\n"
        "\n"
        "## 1. Purpose\n"
        "\n"
        "Clean.\n"
        "\n"
        "## 2. Procedure\n"
        "\n"
        "### 2.1 Prepare the room\n"
        "\n"
        "1. Put on gloves.\n"
        "2. Fill the bucket.\n"
        "\n"
        "### 2.2 Wipe the floor\n"
        "\n"
        "1. Wipe from the wall.\n"
        "2. Empty the bucket.\n"
        "\n"
        "## 3. References\n"
        "\n"
        "1. Hygiene plan\n",
        [(9, 0, 1), (11, 0, 2), (12, 0, 2), (14, 0, 1), (16, 0, 2), (17, 0, 2)],
    ),
    "vi quy trinh": (
        "# Quy trình hoàn hàng\n"
        "\n"
        "## 1. Mục đích\n"
        "\n"
        "Xử lý nhanh.\n"
        "\n"
        "## 2. Phạm vi\n"
        "\n"
        "1. Tất cả cửa hàng\n"
        "\n"
        "## 3. Các bước thực hiện\n"
        "\n"
        "1. Mở kiện hàng\n"
        "2. Kiểm tra sản phẩm\n"
        "   - màu sắc\n"
        "3. Hoàn tiền cho khách\n"
        "\n"
        "## 4. Tài liệu liên quan\n"
        "\n"
        "1. Chính sách hoàn hàng\n",
        [(13, 0, 1), (14, 0, 1), (16, 0, 1)],
    ),
    "id langkah": (
        "# Prosedur pengembalian\n"
        "\n"
        "## Tujuan\n"
        "\n"
        "1. Menangani pengembalian dengan cepat.\n"
        "\n"
        "## Langkah-langkah\n"
        "\n"
        "1. Buka paket.\n"
        "2. Periksa barang.\n"
        "    1. Cek warna.\n"
        "    2. Cek ukuran.\n"
        "3. Cetak label.\n",
        [(9, 0, 1), (10, 0, 1), (11, 0, 2), (12, 0, 2), (13, 0, 1)],
    ),
    "es pasos negrita lista": (
        "# Alta de un cliente\n"
        "\n"
        "**Paso 1.** Abra el panel.\n"
        "\n"
        "   1. Pulse *Clientes*.\n"
        "   2. Pulse *Nuevo*.\n"
        "\n"
        "**Paso 2.** Rellene los datos.\n"
        "\n"
        "**Paso 3.** Guarde.\n",
        [(3, 0, 1), (5, 0, 2), (6, 0, 2), (8, 0, 1), (10, 0, 1)],
    ),
    "list with step word items": (
        "# Alta\n\n- **Paso 1**: Abra el panel.\n- **Paso 2**: Guarde.\n",
        [],
    ),
    "steps with hr between": (
        "# Alta\n"
        "\n"
        "### Paso 1: Abra el panel\n"
        "\n"
        "1. Pulse\n"
        "\n"
        "---\n"
        "\n"
        "### Paso 2: Guarde\n"
        "\n"
        "1. Pulse\n"
        "2. Espere\n",
        [(3, 0, 1), (5, 0, 2), (9, 0, 1), (11, 0, 2), (12, 0, 2)],
    ),
    "emoji number list": (
        "# Deploy\n\n1️⃣ **Build** the image\n2️⃣ **Push** it\n3️⃣ **Restart** the pod\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "nested numbers decimals indented": (
        "# Deploy\n"
        "\n"
        "1. Build\n"
        "   1.1. Get the code\n"
        "   1.2. Run make\n"
        "2. Push\n"
        "   2.1. Sign in\n"
        "   2.2. Send\n"
        "      2.2.1. Wait\n"
        "      2.2.2. Check\n",
        [(3, 0, 1), (4, 0, 2), (5, 0, 2), (6, 0, 1), (7, 0, 2), (8, 0, 2), (9, 0, 3), (10, 0, 3)],
    ),
    "decimals col0 all": (
        "# Deploy\n\n1. Build\n1.1. Get the code\n1.1.1. Open git\n1.1.2. Pull\n1.2. Run make\n2. Push\n",
        [(3, 0, 1), (4, 0, 2), (5, 0, 3), (6, 0, 3), (7, 0, 2), (8, 0, 1)],
    ),
    "step html headings": (
        "# Deploy\n"
        "\n"
        "<h3>Step 1: Build</h3>\n"
        "\n"
        "1. Get the code\n"
        "2. Run make\n"
        "\n"
        "<h3>Step 2: Push</h3>\n"
        "\n"
        "<ol>\n"
        "<li>Sign in</li>\n"
        "<li>Send</li>\n"
        "</ol>\n",
        [(3, 0, 1), (5, 0, 2), (6, 0, 2), (8, 0, 1), (11, 0, 2), (12, 0, 2)],
    ),
    "html list with p and code": (
        "# Deploy\n"
        "\n"
        "<ol>\n"
        "  <li>\n"
        "    <p>Get the code</p>\n"
        "    <code>git pull</code>\n"
        "  </li>\n"
        "  <li><p>Run make</p></li>\n"
        "</ol>\n",
        [(4, 0, 1), (8, 0, 1)],
    ),
    "html list one line": (
        "# Deploy\n\n<ol><li>Get the code</li><li>Run make</li></ol>\n",
        [(3, 0, 1), (3, 0, 1)],
    ),
    "html ul no steps": (
        "# Deploy\n\n<ul><li>Get the code</li><li>Run make</li></ul>\n",
        [],
    ),
    "table html with lists stays": (
        "# Deploy\n\n<table><tr><td><ol><li>Get it</li></ol></td></tr></table>\n",
        [],
    ),
    "note with steps": (
        "# X\n\n> [!TIP]\n> 1. Open the order\n> 2. Check it\n",
        [(4, 0, 1), (5, 0, 1)],
    ),
    "numbered questions & answers": (
        "# Interview\n\n1. What did you do?\n2. Why did you do it?\n",
        [],
    ),
    "list of commands": (
        "# X\n\n1. `git pull`\n2. `make build`\n",
        [(3, 0, 1), (4, 0, 1)],
    ),
    "letters under bullets": (
        "# X\n\n1. Open the order\n   - Look at it:\n     a. name\n     b. sum\n2. Close it\n",
        [(3, 0, 1), (5, 0, 2), (6, 0, 2), (7, 0, 1)],
    ),
    "sub list under heading step w/ intro": (
        "# Restore\n"
        "\n"
        "## Step 1: Prepare\n"
        "\n"
        "Do the following:\n"
        "\n"
        "1. Open the console\n"
        "2. Press stop\n"
        "\n"
        "The system does the following:\n"
        "\n"
        "1. Stops the job\n"
        "2. Frees the disk\n"
        "\n"
        "## Step 2: Restore\n"
        "\n"
        "You need:\n"
        "\n"
        "1. The last backup\n"
        "2. A password\n",
        [(3, 0, 1), (7, 0, 2), (8, 0, 2), (15, 0, 1)],
    ),
    "options not steps": (
        "# Labels\n"
        "\n"
        "There are three kinds of labels:\n"
        "\n"
        "1. Red labels for glass\n"
        "2. Blue labels for food\n"
        "3. Green labels for the rest\n"
        "\n"
        "## Print one\n"
        "\n"
        "1. Open the app.\n"
        "2. Choose the colour.\n"
        "3. Press print.\n",
        [(11, 0, 1), (12, 0, 1), (13, 0, 1)],
    ),
    "rules": (
        "# House rules\n\n1. No smoking.\n2. Dogs are not allowed.\n3. The kitchen closes at nine.\n",
        [],
    ),
    "goals": (
        "# Our goals\n\n1. Faster delivery\n2. Fewer errors\n3. Happy customers\n",
        [],
    ),
    "fr phases": (
        "# Procédure d'incident\n"
        "\n"
        "## Phase 1 : Détection\n"
        "\n"
        "1. Consulter les alertes\n"
        "2. Ouvrir un ticket\n"
        "\n"
        "## Phase 2 : Analyse\n"
        "\n"
        "- Regarder les journaux\n"
        "\n"
        "## Phase 3 : Clôture\n"
        "\n"
        "1. Informer l'équipe\n",
        [(3, 0, 1), (5, 0, 2), (6, 0, 2), (8, 0, 1), (12, 0, 1), (14, 0, 2)],
    ),
    "fr rules": (
        "# Règlement\n"
        "\n"
        "1. Il est interdit de fumer.\n"
        "2. Les chiens ne sont pas admis.\n"
        "3. La cuisine ferme à neuf heures.\n",
        [],
    ),
    "de rules": (
        "# Hausordnung\n"
        "\n"
        "1. Rauchen ist verboten.\n"
        "2. Hunde sind nicht erlaubt.\n"
        "3. Die Küche schließt um neun.\n",
        [],
    ),
    "ru rules": (
        "# О складе\n"
        "\n"
        "1. Склад работает с девяти часов.\n"
        "2. Машины стоят во дворе.\n"
        "3. Ключи находятся у охраны.\n",
        [],
    ),
    "cs items nouns": (
        "# Sklad\n\nSklad má tři části:\n\n1. Příjem zboží\n2. Regály\n3. Expedice\n",
        [],
    ),
    "pl nouns": (
        "# Magazyn\n"
        "\n"
        "W magazynie są trzy strefy:\n"
        "\n"
        "1. Strefa przyjęć\n"
        "2. Strefa regałów\n"
        "3. Strefa wysyłki\n",
        [],
    ),
    "zh nouns": (
        "# 仓库\n\n仓库分为三个区域：\n\n1. 收货区\n2. 存储区\n3. 发货区\n",
        [],
    ),
    "ja nouns": (
        "# 倉庫\n\n倉庫には三つの区域があります：\n\n1. 入荷区域\n2. 保管区域\n3. 出荷区域\n",
        [],
    ),
    "ko nouns": (
        "# 창고\n\n창고에는 세 구역이 있습니다:\n\n1. 입고 구역\n2. 보관 구역\n3. 출고 구역\n",
        [],
    ),
    "vi nouns": (
        "# Kho\n\nKho gồm ba khu:\n\n1. Khu nhập hàng\n2. Khu lưu trữ\n3. Khu xuất hàng\n",
        [],
    ),
    "es nouns": (
        "# Almacén\n"
        "\n"
        "El almacén tiene tres zonas:\n"
        "\n"
        "1. Zona de entrada\n"
        "2. Zona de estanterías\n"
        "3. Zona de salida\n",
        [],
    ),
    "pt nouns": (
        "# Armazém\n"
        "\n"
        "O armazém tem três áreas:\n"
        "\n"
        "1. Área de entrada de mercadorias\n"
        "2. Área de prateleiras\n"
        "3. Área de saída\n",
        [],
    ),
    "it nouns": (
        "# Magazzino\n"
        "\n"
        "Il magazzino ha tre zone:\n"
        "\n"
        "1. Zona di entrata\n"
        "2. Zona degli scaffali\n"
        "3. Zona di uscita\n",
        [],
    ),
    "en nouns long": (
        "# Warehouse\n"
        "\n"
        "The warehouse has three zones:\n"
        "\n"
        "1. The receiving zone at the gate\n"
        "2. The shelves with the goods\n"
        "3. The shipping zone\n",
        [],
    ),
    "mixed heading steps and other": (
        "# Install\n"
        "\n"
        "## Requirements\n"
        "\n"
        "1. Python 3.11\n"
        "2. A database\n"
        "\n"
        "## 1. Download\n"
        "\n"
        "Get the file.\n"
        "\n"
        "## 2. Install\n"
        "\n"
        "1. Unpack it\n"
        "2. Run setup\n"
        "\n"
        "## 3. Start\n"
        "\n"
        "Type `run`.\n"
        "\n"
        "## License\n"
        "\n"
        "1. MIT\n",
        [(8, 0, 1), (12, 0, 1), (14, 0, 2), (15, 0, 2), (17, 0, 1)],
    ),
    "numbered heading questions": (
        "# FAQ\n"
        "\n"
        "## 1. How do I sign in?\n"
        "\n"
        "1. Open the page.\n"
        "2. Type your name.\n"
        "\n"
        "## 2. Where is my order?\n"
        "\n"
        "Ask us.\n",
        [(5, 0, 1), (6, 0, 1)],
    ),
    "german numbered headings verbs": (
        "# Kasse abschließen\n"
        "\n"
        "## 1. Kasse zählen\n"
        "\n"
        "- Münzen\n"
        "- Scheine\n"
        "\n"
        "## 2. Differenz eintragen\n"
        "\n"
        "1. Formular öffnen\n"
        "2. Betrag eintragen\n"
        "\n"
        "## 3. Geld wegbringen\n",
        [(3, 0, 1), (8, 0, 1), (10, 0, 2), (11, 0, 2), (13, 0, 1)],
    ),
    "czech phases": (
        "# Výměna filtru\n"
        "\n"
        "### Krok č. 1: Vypněte čerpadlo\n"
        "\n"
        "a. Stiskněte tlačítko\n"
        "b. Počkejte\n"
        "\n"
        "### Krok č. 2: Vyměňte filtr\n",
        [(3, 0, 1), (5, 0, 2), (6, 0, 2), (8, 0, 1)],
    ),
    "hu": (
        "# Szűrőcsere\n\n1. Kapcsolja ki a szivattyút.\n2. Vegye ki a szűrőt.\n3. Tegye be az újat.\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "fi": (
        "# Suodattimen vaihto\n\n1. Sammuta pumppu.\n2. Irrota suodatin.\n3. Aseta uusi.\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "sv": (
        "# Filterbyte\n\n1. Stäng av pumpen\n2. Ta ut filtret\n3. Sätt i det nya\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "da": (
        "# Filterskift\n\n1. Sluk pumpen\n2. Tag filteret ud\n3. Sæt det nye i\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "uk": (
        "# Заміна фільтра\n\n1. Вимкніть насос\n2. Вийміть фільтр\n3. Вставте новий\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "bg": (
        "# Смяна на филтъра\n\n1. Изключете помпата\n2. Извадете филтъра\n3. Поставете новия\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "sl": (
        "# Menjava filtra\n\n1. Izklopite črpalko\n2. Odstranite filter\n3. Vstavite novega\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "lv": (
        "# Filtra maiņa\n\n1. Izslēdziet sūkni\n2. Izņemiet filtru\n3. Ielieciet jaunu\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "et": (
        "# Filtri vahetus\n\n1. Lülitage pump välja\n2. Võtke filter välja\n3. Pange uus sisse\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "el no punct": (
        "# Αλλαγή φίλτρου\n\n1. Κλείστε την αντλία\n2. Βγάλτε το φίλτρο\n3. Βάλτε το νέο\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "sk": (
        "# Výmena filtra\n\n1. Vypnite čerpadlo\n2. Vyberte filter\n3. Vložte nový\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "sr": (
        "# Замена филтера\n\n1. Искључите пумпу\n2. Извадите филтер\n3. Ставите нови\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "nb": (
        "# Filterbytte\n\n1. Slå av pumpen\n2. Ta ut filteret\n3. Sett inn det nye\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "ca": (
        "# Canvi de filtre\n\n1. Apagueu la bomba\n2. Traieu el filtre\n3. Poseu el nou\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "ms": (
        "# Menukar penapis\n\n1. Matikan pam\n2. Keluarkan penapis\n3. Pasang yang baru\n",
        [(3, 0, 1), (4, 0, 1), (5, 0, 1)],
    ),
    "pictures called Step": (
        "# Sessions\n"
        "\n"
        "1. Open the link.\n"
        "\n"
        "![Step 1: Open the link.](a.png)\n"
        "\n"
        "2. Select all.\n"
        "\n"
        "![Step 2: Select all.](b.png)\n",
        [(3, 0, 1), (7, 0, 1)],
    ),
}
