// The forest page: lines unfold in place, arrow keys walk it, dropping an account asks for a move.
// Without this file every line is a link that opens the page at it.
(() => {
  const forest = document.querySelector(".forest");
  if (!forest) return;

  const twistOf = (line) => line.querySelector(":scope > .node > a.twist");
  const listOf = (line) => line.querySelector(":scope > ul");
  const isOpen = (line) => twistOf(line)?.getAttribute("aria-expanded") === "true";

  const fold = (line, open) => {
    const twist = twistOf(line), list = listOf(line);
    if (!twist || !list || isOpen(line) === open) return;
    twist.setAttribute("aria-expanded", String(open));
    list.hidden = !open;
    if (open && !list.childElementCount) window.htmx.trigger(twist, "unfold");
  };

  forest.addEventListener("click", (event) => {
    const twist = event.target.closest("a.twist");
    if (!twist || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const line = twist.closest("li");
    fold(line, !isOpen(line));
  });

  // What could not be read is read again at the next try.
  forest.addEventListener("htmx:afterRequest", (event) => {
    const line = event.target.closest("li");
    if (!event.detail.successful && event.target.matches("a.twist")) fold(line, false);
  });
  // "Show more" leaves the focus on the first line it brought.
  forest.addEventListener("htmx:beforeSwap", (event) => {
    // The session has ended: lines were asked for, the sign-in page came.
    if (!new URL(event.detail.xhr.responseURL).pathname.includes("/hierarchy/")) {
      event.detail.shouldSwap = false;
      location.reload();
      return;
    }
    const more = event.detail.requestConfig.elt.closest("li.more");
    if (more) more.previousElementSibling?.setAttribute("data-last", "");
  });
  forest.addEventListener("htmx:afterSettle", () => {
    const last = forest.querySelector("[data-last]");
    if (!last) return;
    last.removeAttribute("data-last");
    last.nextElementSibling?.querySelector("a.name")?.focus();
  });

  const names = () => [...forest.querySelectorAll("a.name, li.more > a")].filter((link) => link.offsetParent);
  const keys = {
    ArrowDown: (here) => names()[names().indexOf(here) + 1],
    ArrowUp: (here) => names()[names().indexOf(here) - 1],
    Home: () => names()[0],
    End: () => names().at(-1),
    ArrowRight: (here, line) => {
      if (isOpen(line)) return listOf(line).querySelector("a.name");
      fold(line, true);
      return here;
    },
    ArrowLeft: (here, line) => {
      if (!isOpen(line)) return line.parentElement.closest("li")?.querySelector("a.name");
      fold(line, false);
      return here;
    },
  };
  forest.addEventListener("keydown", (event) => {
    const line = event.target.closest("li"), step = keys[event.key];
    if (!line || !step || event.altKey || event.ctrlKey || event.metaKey) return;
    const here = event.target.closest("a.name, li.more > a") || line.querySelector("a.name");
    event.preventDefault();
    step(here, line)?.focus();
  });

  // Dragging: nothing changes by the drop, which only opens the page that says what would change.
  const own = forest.querySelector("[data-own]");
  let dragged = null, waiting = 0;
  const targetOf = (event) => {
    if (!dragged) return null;
    if (event.target.closest("[data-own]")) return own;
    const node = event.target.closest(".node[data-target]");
    if (!node || dragged.closest("li").contains(node)) return null;
    const parent = dragged.closest("li").parentElement.closest("li");
    return parent && parent.id === node.dataset.target ? null : node;
  };
  const mark = (target) => {
    forest.querySelectorAll(".drop").forEach((each) => each.classList.toggle("drop", each === target));
    target?.classList.add("drop");
  };
  const finish = () => {
    dragged?.classList.remove("dragged");
    dragged = null;
    clearTimeout(waiting);
    mark(null);
    if (own) own.hidden = true;
  };
  forest.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-move]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.querySelector("a.name").textContent);
    // A page that changes under the pointer at once would end the drag.
    setTimeout(() => {
      dragged?.classList.add("dragged");
      if (own && dragged) own.hidden = !("alone" in dragged.dataset);
    });
  });
  forest.addEventListener("dragover", (event) => {
    const target = targetOf(event);
    if (!target) { mark(null); return; }
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    if (target.classList.contains("drop")) return;
    mark(target);
    clearTimeout(waiting);
    const line = target.closest("li");
    if (line) waiting = setTimeout(() => fold(line, true), 700);
  });
  forest.addEventListener("drop", (event) => {
    const target = targetOf(event);
    if (!target) return;
    event.preventDefault();
    const parent = target === own ? "" : target.dataset.target;
    const address = `${dragged.dataset.move}?parent=${encodeURIComponent(parent)}`;
    finish();
    location.assign(address);
  });
  forest.addEventListener("dragend", finish);
})();
