import { useSyncExternalStore } from "react";

const KEY = "meridian-theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const watchers = new Set<() => void>();

function current(): "light" | "dark" {
  const chosen = localStorage.getItem(KEY);
  if (chosen === "light" || chosen === "dark") return chosen;
  return dark.matches ? "dark" : "light";
}

function apply(): void {
  document.documentElement.dataset.theme = current();
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  apply();
  dark.addEventListener("change", apply);
  return () => {
    watchers.delete(watcher);
    dark.removeEventListener("change", apply);
  };
}

/** The theme in use, and a switch to the other; what was chosen is kept. */
export function useTheme(): ["light" | "dark", () => void] {
  const theme = useSyncExternalStore(watch, current);
  const toggle = () => {
    localStorage.setItem(KEY, theme === "dark" ? "light" : "dark");
    apply();
  };
  return [theme, toggle];
}
