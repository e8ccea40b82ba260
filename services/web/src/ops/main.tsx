import { createRoot } from "react-dom/client";
import { applyTheme } from "../parts/theme.ts";
import { OpsPage } from "./ops-page.tsx";
import { takeTokenFromAddress } from "./state/token.ts";
import "./styles/index.css";

applyTheme();
takeTokenFromAddress();
const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<OpsPage />);
