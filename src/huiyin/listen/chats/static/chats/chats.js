/* A chat asks for news by itself and sends without leaving the page. Without this script the page is reloaded by hand.
   Nothing is sent before the button is pressed. Written for Chromium 90, Safari 14, Firefox ESR 91. */
"use strict";
(() => {
  const page = document.querySelector("[data-chat]");
  if (!page) return;
  const at = (id) => document.getElementById(id);
  const log = at("chat-log"), status = at("chat-status"), steps = at("chat-steps"), trouble = at("chat-trouble");
  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]").value;
  const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
  let last = Number(page.dataset.last), mark = "", state = page.dataset.state, pause = 2000, timer = 0, asking = false, again = false;

  const bottom = () => { log.scrollTop = log.scrollHeight; };
  const add = (html) => {
    const box = document.createElement("ol");
    box.innerHTML = html;
    const near = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    for (const line of [...box.children]) {
      if (Number(line.dataset.seq) > last) { log.append(line); last = Number(line.dataset.seq); }
    }
    if (near) bottom();
  };
  const told = (news) => {
    add(news.lines);
    const words = news.status.replace(/\s+/g, " ").trim();
    if (status.textContent.replace(/\s+/g, " ").trim() !== words) status.textContent = words;
    const busy = steps.contains(document.activeElement) || steps.querySelector("details[open]");
    if (news.state !== state || !busy) { steps.innerHTML = news.steps; mark = news.mark; }
    state = news.state;
    if (state === "ended") { const write = at("chat-write"); if (write) write.hidden = true; }
  };
  // Two seconds while something happens, growing to fifteen; half a minute in a tab nobody looks at.
  const next = () => {
    clearTimeout(timer);
    if (state === "ended") return;
    timer = setTimeout(look, document.hidden ? 30000 : pause);
  };
  const look = () => {
    if (asking) { again = true; return; }
    asking = true;
    const body = new URLSearchParams({ csrfmiddlewaretoken: token(), after: String(last), mark });
    fetch(page.dataset.chat, { method: "POST", body, credentials: "same-origin" }).then((answer) => {
      if (answer.status === 204) { pause = Math.min(pause * 1.4, 15000); return null; }
      return answer.ok && !answer.redirected ? answer.json() : Promise.reject(answer.status);
    }).then((news) => { trouble.hidden = true; if (news) { pause = 2000; told(news); } }).catch(() => {
      trouble.hidden = false;
      pause = Math.min(pause * 2, 30000);
    }).then(() => { asking = false; if (again) { again = false; look(); } else next(); });
  };

  const form = page.querySelector("[data-chat-send]");
  if (form) {
    const text = form.querySelector("textarea"), file = form.querySelector("input[type=file]"), key = form.querySelector("input[name=key]");
    let sending = false;
    form.addEventListener("submit", (event) => {
      if (file && file.files.length) return; // a file goes the plain way, by reloading
      event.preventDefault();
      if (sending || !text.value.trim()) return;
      sending = true;
      const sent = text.value;
      // The key stays until the server has answered: a retry of the same words is the same message.
      fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" }).then((answer) => {
        if (answer.status >= 500) throw new Error();
        if (!answer.redirected) { form.submit(); return; } // refused: the page itself says why
        if (text.value === sent) text.value = "";
        key.value = fresh();
        trouble.hidden = true;
        pause = 2000;
        look();
      }).catch(() => { trouble.hidden = false; }).then(() => { sending = false; text.focus(); });
    });
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) { event.preventDefault(); form.requestSubmit ? form.requestSubmit() : form.querySelector("button").click(); }
    });
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { pause = 2000; look(); } });
  bottom();
  look();
})();
