/* The queue looks for new chats by itself, unless somebody is using it at that moment. */
"use strict";
(() => {
  const place = () => document.querySelector("[data-chat-queue]");
  if (!place()) return;
  setInterval(() => {
    if (document.hidden || place().contains(document.activeElement)) return;
    fetch(location.href, { credentials: "same-origin" }).then((answer) => (answer.ok && !answer.redirected ? answer.text() : Promise.reject())).then((html) => {
      const found = new DOMParser().parseFromString(html, "text/html").querySelector("[data-chat-queue]");
      if (found && !place().contains(document.activeElement)) place().replaceWith(found);
    }).catch(() => {});
  }, 5000);
})();
