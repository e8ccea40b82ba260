import { useEffect, useRef } from "react";
import type { Side } from "#shared/domain/order.ts";
import { isTyping } from "../shortcuts.ts";

/** B and S choose the side from anywhere on the page, and go to the quantity. */
export function useSideKeys(choose: (side: Side) => void): void {
  const latest = useRef(choose);
  useEffect(() => {
    latest.current = choose;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      if ((key !== "b" && key !== "s") || isTyping(event)) return;
      event.preventDefault();
      latest.current(key === "b" ? "BUY" : "SELL");
      document.getElementById("quantity")?.focus();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}
