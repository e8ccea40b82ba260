import { useSyncExternalStore } from "react";
import { remember, remembered } from "../state/remembered.ts";

export type Theme = "light" | "dark";

const KEY = "meridian-theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const watchers = new Set<() => void>();

function current(): Theme {
  const chosen = remembered(KEY);
  if (chosen === "light" || chosen === "dark") return chosen;
  return dark.matches ? "dark" : "light";
}

/** Puts the chosen theme on the page; without a choice, the system's. */
export function applyTheme(): void {
  document.documentElement.dataset.theme = current();
  for (const watcher of watchers) watcher();
}

dark.addEventListener("change", applyTheme);

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** The theme in use, and a switch to the other; what was chosen is kept. */
export function useTheme(): [Theme, () => void] {
  const theme = useSyncExternalStore(watch, current);
  const toggle = () => {
    remember(KEY, theme === "dark" ? "light" : "dark");
    applyTheme();
  };
  return [theme, toggle];
}
