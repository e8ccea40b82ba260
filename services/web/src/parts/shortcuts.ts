/** True while a key belongs to a field, to an open dialog, or to the browser. */
export function isTyping({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey) return true;
  if (target instanceof HTMLInputElement && target.type !== "checkbox") return true;
  return target instanceof HTMLSelectElement || document.querySelector("dialog[open]") !== null;
}
