// Small helps; every page is complete and works without them.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");

  // On a phone the pages are a line that scrolls: the one that is open is in sight.
  var open = document.querySelector(".pages [aria-current]"), line = open && open.closest("ul");
  if (line && line.scrollWidth > line.clientWidth) {
    line.scrollLeft = open.offsetLeft - line.offsetLeft - (line.clientWidth - open.offsetWidth) / 2;
  }

  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      var find = document.getElementById("find");
      if (find) { event.preventDefault(); find.focus(); }
    }
    if (event.key === "Escape") {
      var close = document.querySelector("[data-close]");
      if (close && !typing) { close.click(); }
    }
  });

  // What is closed gives the focus back to the row that it was opened from.
  document.addEventListener("click", function (event) {
    var close = event.target.closest("[data-close]"), row = document.querySelector("tr.chosen a[id]");
    if (close) { sessionStorage.setItem("tenure-focus", row ? row.id : close.dataset.close); }
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-act]");
    if (!button) { return; }
    if (button.dataset.act === "print") { window.print(); }
    if (button.dataset.act === "copy") {
      navigator.clipboard.writeText(window.location.href).then(function () {
        var said = button.textContent;
        button.textContent = "Copied";
        setTimeout(function () { button.textContent = said; }, 1500);
      });
    }
  });

  // A control that changes sends its form; without this there is a button for it.
  document.addEventListener("change", function (event) {
    var form = event.target.closest("form[data-auto]");
    if (form && !form.hasAttribute("hx-get")) { form.requestSubmit(); }
  });

  // Rows that are chosen: how many, and all of a page at once.
  document.addEventListener("change", function (event) {
    var box = event.target, form = box.form;
    if (box.type !== "checkbox" || !form || !form.querySelector("[data-chosen]")) { return; }
    var all = form.querySelector("[data-all]"), boxes = form.querySelectorAll("tbody input[type=checkbox]");
    if (box === all) { boxes.forEach(function (one) { one.checked = all.checked; }); }
    var count = form.querySelectorAll("tbody input:checked").length;
    if (all) { all.checked = count === boxes.length; all.indeterminate = count > 0 && count < boxes.length; }
    form.querySelector("[data-chosen]").textContent = count + " chosen";
  });

  var back = sessionStorage.getItem("tenure-focus");
  if (back) {
    sessionStorage.removeItem("tenure-focus");
    var target = document.getElementById(back);
    if (target) { target.focus(); }
  }
})();
