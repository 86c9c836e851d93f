import { createApp } from "vue";
import "./styles/elements";
import "./styles/tokens.css";
import "./styles/base.css";
import App from "./App.vue";
import { i18n } from "./i18n";
import { desk } from "./stores/desk";

createApp(App).use(i18n).mount("#app");
desk.begin();
