import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { applyTheme } from "./parts/theme.ts";
import { Exchange } from "./state/exchange.ts";
import { Store } from "./state/store.ts";
import "./styles/index.css";

applyTheme();
const root = document.getElementById("root");
if (root !== null) {
  const store = new Store();
  const exchange = new Exchange(store);
  createRoot(root).render(<App store={store} exchange={exchange} />);
  exchange.start().catch((error: Error) => store.notify("bad", error.message));
}
