// Rows of one phase change places by dragging; the buttons beside them do the same without this.
(() => {
  document.querySelectorAll("tbody[data-order]").forEach((body) => {
    const form = document.getElementById(body.dataset.order);
    if (!form) return;
    let dragged = null;
    [...body.rows].forEach((row) => { row.draggable = true; row.classList.add("grab"); });
    body.addEventListener("dragstart", (event) => {
      dragged = event.target.closest("tr[data-key]");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", dragged.dataset.key);
    });
    body.addEventListener("dragover", (event) => {
      const over = event.target.closest("tr[data-key]");
      if (!dragged || !over) return;
      event.preventDefault();
      const box = over.getBoundingClientRect();
      if (over !== dragged) over[event.clientY > box.top + box.height / 2 ? "after" : "before"](dragged);
    });
    const before = [...body.rows].map((row) => row.dataset.key).join();
    body.addEventListener("dragend", () => {
      dragged = null;
      const now = [...body.rows].map((row) => row.dataset.key).join();
      if (now === before) return;
      form.elements.order.value = now;
      form.requestSubmit();
    });
  });
})();
