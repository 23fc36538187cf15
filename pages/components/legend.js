// Chips that show and hide kinds of marks, or go to them. Names come from models: text nodes only.

export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".legend");
  root.setAttribute("aria-label", data.name);
  const hidden = new Set(data.hidden);
  const chips = data.entries.map((entry) => {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.dataset.id = entry.id;
    if (entry.title) chip.title = entry.title;
    chip.style.setProperty("--ink", entry.ink);
    if (data.mode === "filter") chip.setAttribute("aria-pressed", String(!hidden.has(entry.id)));
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = entry.name;
    const count = document.createElement("span");
    count.className = "count";
    count.textContent = entry.count;
    chip.append(name, count);
    chip.onclick = () => {
      if (data.mode === "go") {
        setTriggerValue("clicked", entry.id);
        return;
      }
      if (hidden.has(entry.id)) hidden.delete(entry.id);
      else hidden.add(entry.id);
      chip.setAttribute("aria-pressed", String(!hidden.has(entry.id)));
      setStateValue("hidden", [...hidden]);
    };
    return chip;
  });
  const focused = parentElement.activeElement?.dataset?.id;
  root.replaceChildren(...chips);
  if (focused) chips.find((chip) => chip.dataset.id === focused)?.focus();
}
