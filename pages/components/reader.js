// Draws a text with marks. Everything from outside becomes a text node, an attribute value or a
// dataset entry, never markup. Python has cut the text, so no offset is counted here.

const readers = new WeakMap();

function buildBlock(block, marks) {
  const paragraph = document.createElement("p");
  paragraph.dir = "auto";
  let open = [];
  for (const piece of block) {
    const [text, covering, closing] = typeof piece === "string" ? [piece, [], []] : piece;
    let kept = 0;
    while (kept < open.length && open[kept].number === covering[kept]) kept += 1;
    open = open.slice(0, kept);
    for (const number of covering.slice(kept)) {
      const element = buildMark(marks[number], number);
      (open.length ? open[open.length - 1].element : paragraph).append(element);
      open.push({ number, element });
    }
    (open.length ? open[open.length - 1].element : paragraph).append(text);
    for (const { number, element } of open) {
      if (closing.includes(number) && marks[number].label) {
        element.dataset.label = marks[number].label;
      }
    }
  }
  return paragraph;
}

function buildMark(mark, number) {
  const element = document.createElement("mark");
  element.className = mark.quiet ? `${mark.kind} quiet` : mark.kind;
  element.dataset.id = mark.id;
  element.dataset.number = number;
  element.style.setProperty("--ink", mark.ink);
  if (mark.title) element.title = mark.title;
  if (mark.clickable) {
    element.classList.add("clickable");
    element.tabIndex = -1;
    element.setAttribute("role", "button");
  }
  return element;
}

function draw(state, data) {
  const blocks = data.blocks.map((block) => JSON.stringify(block));
  const table = JSON.stringify(data.marks);
  const sameTable = table === state.table;
  const children = [];
  for (let at = 0; at < blocks.length; at += 1) {
    const old = state.blocks[at];
    const plain = data.blocks[at].every((piece) => typeof piece === "string");
    const reusable = old && old.source === blocks[at] && (plain || sameTable);
    children.push(
      reusable
        ? old
        : { source: blocks[at], element: buildBlock(data.blocks[at], data.marks) },
    );
  }
  state.blocks = children;
  state.table = table;
  state.root.replaceChildren(...children.map((child) => child.element));
  const first = state.root.querySelector("mark.clickable");
  if (first) first.tabIndex = 0;
}

// Whether anything of the focus is there: marks may come after it, with the answer.
function focus(state, { ids, turn }) {
  const asked = turn > 0; // else the page itself stays where it is

  for (const element of state.root.querySelectorAll("mark.focus")) element.classList.remove("focus");
  const wanted = new Set(ids);
  if (!wanted.size) return true;
  let first = null;
  for (const element of state.root.querySelectorAll("mark")) {
    if (!wanted.has(element.dataset.id)) continue;
    element.classList.add("focus");
    if (!first || element.dataset.id === ids[0]) first = first?.dataset.id === ids[0] ? first : element;
  }
  if (first) scrollTo(state.root, first, asked);
  return first !== null;
}

function scrollTo(root, element, asked) {
  if (asked) element.scrollIntoView({ block: "nearest", inline: "nearest" });
  settle(root, element, 8);
}

// Paragraphs that were never on screen have an estimated height, so the place moves as they come
// into view: it is put right for some frames.
function settle(root, element, frames) {
  requestAnimationFrame(() => {
    const offset = element.getBoundingClientRect().top - root.getBoundingClientRect().top;
    root.scrollTop += offset - root.clientHeight / 3;
    if (frames > 1) settle(root, element, frames - 1);
  });
}

function move(root, from, step) {
  const all = [...root.querySelectorAll("mark.clickable")];
  const next = all[all.indexOf(from) + step];
  if (!next) return;
  from.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function listen(state) {
  const { root } = state;
  const chosen = (event) => event.target.closest?.("mark.clickable");
  root.onclick = (event) => {
    const mark = chosen(event);
    if (mark) state.setTriggerValue("clicked", mark.dataset.id);
  };
  root.onkeydown = (event) => {
    const mark = chosen(event);
    if (!mark) return;
    if (event.key === "Enter" || event.key === " ") state.setTriggerValue("clicked", mark.dataset.id);
    else if (event.key === "ArrowRight" || event.key === "ArrowDown") move(root, mark, 1);
    else if (event.key === "ArrowLeft" || event.key === "ArrowUp") move(root, mark, -1);
    else return;
    event.preventDefault();
  };
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".reader");
  let state = readers.get(parentElement);
  if (!state || state.root !== root) {
    state = { root, blocks: [], table: "", document: "", focused: "" };
    readers.set(parentElement, state);
    listen(state);
  }
  state.setTriggerValue = setTriggerValue;
  root.style.setProperty("--reader-height", `${data.height}px`);
  root.setAttribute("aria-label", data.name);
  root.classList.toggle("bare", data.quiet);
  draw(state, data);
  if (state.document !== data.document) {
    state.document = data.document;
    root.scrollTop = 0;
    state.focused = "";
  }
  const focused = JSON.stringify(data.focus);
  if (focused !== state.focused) {
    if (focus(state, data.focus)) state.focused = focused;
  } else {
    for (const element of root.querySelectorAll("mark")) {
      element.classList.toggle("focus", data.focus.ids.includes(element.dataset.id));
    }
  }
}
