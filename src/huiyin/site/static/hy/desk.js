/* The desk's script: command menu, keys, who else is here, names and templates while writing. Every page works without
   it. No words stand here: they are in the page, in its language. Written for Chromium 90, Safari 14, Firefox ESR 91. */
"use strict";
(() => {
  const one = (query, from = document) => from.querySelector(query);
  const all = (query, from = document) => [...from.querySelectorAll(query)];
  const typing = (at) => at && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)) && !/^(checkbox|radio|button|submit)$/.test(at.type);
  const ask = (url, more = {}) => fetch(url, { credentials: "same-origin", headers: { "X-Hy-Piece": "1" }, ...more })
    .then((answer) => (answer.ok && !answer.redirected ? answer : Promise.reject(answer.status)));
  const later = (wait, act) => { let timer; return (...given) => { clearTimeout(timer); timer = setTimeout(() => act(...given), wait); }; };

  const visit = (path) => { location.href = path; return true; };

  // A piece of the page that is fetched once the page is there.
  for (const place of all("[data-hy-load]")) {
    ask(place.dataset.hyLoad + location.search).then((answer) => answer.text()).then((html) => {
      if (!place.contains(document.activeElement)) place.innerHTML = html;
    }).catch(() => {});
  }

  // A piece that is asked for again and again while somebody looks (who is calling). What has the focus is left alone.
  for (const place of all("[data-hy-live]")) {
    setInterval(() => {
      if (document.hidden || place.contains(document.activeElement)) return;
      ask(place.dataset.hyLive).then((answer) => answer.text()).then((html) => {
        if (place.dataset.hyWas !== html) { place.dataset.hyWas = html; place.innerHTML = html; }
      }).catch(() => {});
    }, 2000);
  }

  // The list on the left, the case on the right: what has the focus is shown, without leaving the list.
  const peek = one("[data-hy-peek]");
  if (peek) {
    let shown = "";
    const show = (link, then = () => {}) => {
      if (link.href === shown) { then(); return; }
      shown = link.href;
      peek.setAttribute("aria-busy", "true");
      ask(link.href).then((answer) => answer.text()).then((html) => {
        if (link.href !== shown) return;
        peek.innerHTML = html;
        peek.removeAttribute("aria-busy");
        all("[data-hy-main][aria-current]").forEach((other) => other.removeAttribute("aria-current"));
        link.setAttribute("aria-current", "true");
        history.replaceState(null, "", link.href);
        then();
      }).catch(() => visit(link.href));
    };
    const soon = later(150, show);
    const wide = matchMedia("(min-width: 62rem)");
    for (const link of all("[data-hy-main]")) {
      link.addEventListener("focus", () => { if (wide.matches) soon(link); });
      link.addEventListener("click", (event) => {
        if (!wide.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
        event.preventDefault();
        show(link, () => peek.focus());
      });
    }
  }

  // Tick all.
  for (const box of all("[data-hy-all]")) {
    box.addEventListener("change", () => all("input[name=case]", box.closest("table")).forEach((line) => { line.checked = box.checked; }));
  }

  // Who else has this case open; has it changed since it was opened?
  const page = one("[data-hy-here]");
  if (page) {
    const look = () => {
      if (document.hidden) return;
      const token = one("input[name=csrfmiddlewaretoken]");
      if (!token) return;
      const body = new URLSearchParams({ csrfmiddlewaretoken: token.value });
      ask(page.dataset.hyHere, { method: "POST", body }).then((answer) => answer.text()).then((html) => {
        if (page.innerHTML !== html) page.innerHTML = html;
        const now = one("[data-hy-version]", page);
        const changed = one("[data-hy-changed]");
        if (now && changed) changed.hidden = Number(now.dataset.hyVersion) <= Number(page.dataset.hyAt);
      }).catch(() => {});
    };
    look();
    setInterval(look, 30000);
    document.addEventListener("visibilitychange", look);
  }

  // The command menu.
  const menu = one("#hy-command");
  const field = menu && one("input", menu);
  const list = menu && one("[data-hy-list]", menu);
  let before = null;
  let steps = [];
  let asked = 0;
  const words = (at) => at.textContent.replace(/\s+/g, " ").trim().slice(0, 40);
  const open = () => {
    before = document.activeElement;
    steps = all(".hy-lead .hy-actions a, .hy-lead .hy-actions button, main details[id] > summary, main section[id] > h2").filter((at) => words(at)).slice(0, 40);
    menu.hidden = false;
    field.value = "";
    field.focus();
    fill();
  };
  const close = () => { menu.hidden = true; if (before && before.focus) before.focus(); };
  const mark = (index) => {
    const found = all("[role=option]", list);
    found.forEach((at, place) => at.setAttribute("aria-selected", place === index ? "true" : "false"));
    if (found[index]) { field.setAttribute("aria-activedescendant", found[index].id); found[index].scrollIntoView({ block: "nearest" }); }
    else field.removeAttribute("aria-activedescendant");
  };
  const marked = () => all("[role=option]", list).findIndex((at) => at.getAttribute("aria-selected") === "true");
  const fill = () => {
    const query = new URLSearchParams({ q: field.value.slice(0, 60) });
    steps.forEach((at) => query.append("v", words(at)));
    const mine = ++asked;
    ask(`${menu.dataset.url}?${query}`).then((answer) => answer.text()).then((html) => {
      if (mine !== asked) return;
      list.innerHTML = html;
      mark(0);
    }).catch(() => {});
  };
  const go = (at) => {
    if (!at) return;
    if (at.dataset.step) {
      const step = steps[Number(at.dataset.step)];
      menu.hidden = true;
      reach(step);
    } else location.href = at.dataset.href;
  };
  const reach = (step) => {
    if (!step) return;
    const fold = step.closest("details");
    const place = fold || step.closest("section[id]");
    for (let at = fold || (place && one(":scope > details", place)); at; at = at.parentElement && at.parentElement.closest("details")) at.open = true;
    if (!place) { step.click(); return; }
    place.scrollIntoView({ block: "start" });
    (one("textarea, select, input:not([type=hidden])", place) || one("button, a", place) || step).focus();
  };
  if (menu) {
    for (const link of all("[data-hy-command]")) link.addEventListener("click", (event) => { event.preventDefault(); open(); });
    field.addEventListener("input", later(90, fill));
    menu.addEventListener("mousedown", (event) => { if (event.target === menu) close(); });
    list.addEventListener("click", (event) => go(event.target.closest("[role=option]")));
    menu.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const count = all("[role=option]", list).length;
      if (event.key === "Escape") close();
      else if (event.key === "ArrowDown") mark((marked() + 1) % count);
      else if (event.key === "ArrowUp") mark((marked() - 1 + count) % count);
      else if (event.key === "Enter") go(all("[role=option]", list)[marked()]);
      else if (event.key === "Tab") field.focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  // Names after @ and templates after / while somebody writes.
  const suggest = (area, sign, url) => {
    const box = document.createElement("ul");
    box.className = "hy-suggest";
    box.setAttribute("role", "listbox");
    box.id = `${area.id}-${sign === "@" ? "names" : "templates"}`;
    box.hidden = true;
    area.after(box);
    let from = -1;
    let items = [];
    let chosen = 0;
    let turn = 0;
    const hide = () => { box.hidden = true; from = -1; area.removeAttribute("aria-activedescendant"); };
    const draw = () => {
      box.replaceChildren(...items.map((item, place) => {
        const line = document.createElement("li");
        line.id = `${box.id}-${place}`;
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", place === chosen ? "true" : "false");
        const hint = document.createElement("small");
        hint.textContent = item.hint || item.code || "";
        line.append(item.title, " ", hint);
        line.addEventListener("mousedown", (event) => { event.preventDefault(); take(place); });
        return line;
      }));
      box.hidden = !items.length;
      if (items.length) { area.setAttribute("aria-activedescendant", `${box.id}-${chosen}`); area.setAttribute("aria-controls", box.id); }
    };
    const take = (place) => {
      const text = items[place].text;
      const end = area.selectionStart;
      area.setRangeText(text, from, end, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
      hide();
      area.focus();
    };
    const look = later(120, () => {
      const head = area.value.slice(0, area.selectionStart);
      const found = sign === "@" ? /[@＠]([^\s@＠()（）]{0,20})$/.exec(head) : /(?:^|\n)\/([^\n/]{0,30})$/.exec(head);
      if (!found) { hide(); return; }
      const mine = ++turn;
      const start = head.length - found[1].length - 1;
      ask(`${url}?${new URLSearchParams({ q: found[1] })}`).then((answer) => answer.json()).then((told) => {
        if (mine !== turn) return;
        from = start;
        items = told.items || told.results || [];
        chosen = 0;
        draw();
      }).catch(hide);
    });
    area.addEventListener("input", (event) => { if (!event.isComposing) look(); });
    area.addEventListener("blur", hide);
    area.addEventListener("keydown", (event) => {
      if (box.hidden || event.isComposing) return;
      if (event.key === "ArrowDown") chosen = (chosen + 1) % items.length;
      else if (event.key === "ArrowUp") chosen = (chosen - 1 + items.length) % items.length;
      else if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); take(chosen); return; }
      else if (event.key === "Escape") { event.stopPropagation(); hide(); return; }
      else return;
      event.preventDefault();
      draw();
    });
  };
  if (page && page.dataset.hyMentions) all("#note textarea").forEach((area) => suggest(area, "@", page.dataset.hyMentions));
  if (page && page.dataset.hyTemplates) all("#reply textarea, #update textarea").forEach((area) => suggest(area, "/", page.dataset.hyTemplates));

  // Keys.
  const rows = () => all("[data-hy-row]");
  const main = (row) => one("[data-hy-main], th a", row);
  const move = (by) => {
    const found = rows();
    if (!found.length) return;
    const here = found.findIndex((row) => row.contains(document.activeElement));
    const next = found[here < 0 ? (by > 0 ? 0 : found.length - 1) : Math.min(Math.max(here + by, 0), found.length - 1)];
    main(next).focus();
  };
  const current = () => rows().find((row) => row.contains(document.activeElement));
  const place = (id) => {
    const found = document.getElementById(id);
    if (!found) return false;
    reach(one("summary", found) || one("h2", found) || found);
    return true;
  };
  const DOES = {
    next: () => move(1), previous: () => move(-1),
    open: () => { const row = current(); if (row) { const link = main(row); if (link.dataset.hyOpen) visit(link.dataset.hyOpen); else link.click(); } },
    tick: () => { const row = current(); const box = row && one("input[type=checkbox]", row); if (box) box.click(); },
    reply: () => place("reply"), note: () => place("note"), assign: () => place("assign"),
    record: () => { const link = one("[data-hy-key=c]"); visit(link ? link.href : "/desk/new/"); },
    search: () => { const search = one("[data-hy-search]"); if (search) search.focus(); },
    help: () => visit("/desk/keys/"),
  };
  const PLACES = { go_work: "/desk/work/", go_inbox: "/desk/inbox/", go_board: "/desk/board/" };
  const chosen = JSON.parse(document.documentElement.dataset.hyKeymap || "{}");
  const turned = (from) => new Map(Object.keys(from).filter((act) => chosen[act]).map((act) => [chosen[act], from[act]]));
  const KEYS = turned(DOES);
  const GO = turned(PLACES);
  let waiting = 0;
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k" && menu) {
      event.preventDefault();
      if (menu.hidden) open(); else close();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && document.activeElement.form && document.activeElement.tagName === "TEXTAREA") {
      event.preventDefault();
      const form = document.activeElement.form;
      if (form.requestSubmit) form.requestSubmit(); else one("button:not([type=button])", form).click();
      return;
    }
    if (event.key === "Escape" && typing(document.activeElement)) { document.activeElement.blur(); return; }
    if (document.documentElement.dataset.hyKeys !== "on" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(document.activeElement) || (menu && !menu.hidden)) return;
    if (waiting && Date.now() - waiting < 1200 && GO.has(event.key)) { waiting = 0; event.preventDefault(); visit(GO.get(event.key)); return; }
    waiting = chosen.go && event.key === chosen.go ? Date.now() : 0;
    if (KEYS.has(event.key)) { event.preventDefault(); KEYS.get(event.key)(); }
  });
})();
