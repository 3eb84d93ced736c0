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
}
