/** The widget on a page: puts the views together and shows what the chat says. */
import { Api } from "./api";
import { followViewport, localStore, newId, openSocket, PHONE, tabId, tabStore, timers } from "./browser";
import { Chat } from "./chat";
import type { Attachment, Language } from "./contracts";
import { STRINGS } from "./i18n";
import type { Strings } from "./i18n";
import { visitorPrefix } from "./record";
import type { KeyValue } from "./storage";
import type { Ui } from "./views/context";
import { LineBar, QueueBar } from "./views/bars";
import { Composer } from "./views/composer";
import { h, saveFile } from "./views/dom";
import { endingBar } from "./views/ending";
import { Header } from "./views/header";
import type { Theme } from "./views/header";
import { Launcher } from "./views/launcher";
import { MessageList } from "./views/list";
import { itemOf, pendingItem } from "./views/message";
import { ratingPanel } from "./views/rating";
import type { ReadyFile } from "./views/tray";

export interface AppOptions {
  server: string;
  language: Language;
  identityToken: string | null;
  brand: string | null;
  theme: Theme | null;
  /** Tells the page about something; the element makes an event of it. */
  emit(name: string, detail?: unknown): void;
  onOpenChange(open: boolean): void;
}

export class App implements Ui {
  readonly root = h("div.root", {});
  open = false;
  private chat: Chat;
  private readonly local: KeyValue = localStore();
  private readonly session: KeyValue = tabStore();
  private readonly blobs = new Map<string, Promise<string>>();
  private readonly launcher = new Launcher(this, () => this.setOpen(!this.open, true));
  private readonly header: Header;
  private readonly queueBar = new QueueBar(this, {
    leave: () => this.attempt(() => this.chat.leaveQueue()),
    instead: (choice, body) => this.attempt(() => this.chat.insteadOfWaiting(choice, body)),
  });
  private readonly lineBar = new LineBar(this, () => this.chat.wake(false));
  private readonly list: MessageList;
  private readonly composer: Composer;
  private readonly foot = h("div.foot", {});
  private readonly live = h("div.sr", { role: "status" });
  private readonly drop = h("div.drop", { hidden: true });
  private readonly panel: HTMLElement;
  private readonly dark = matchMedia("(prefers-color-scheme: dark)");
  private readonly undo: (() => void)[] = [];
  private unfollow: (() => void) | null = null;
  private theme: Theme;
  private ratingAsked = false;
  private ratingDismissed = false;
  private ratedNow = false;
  private ended = false;
  private footShown = "";
  private renderDue = false;
  private unreadTold = 0;

  constructor(private options: AppOptions) {
    this.theme = options.theme ?? ((this.local.get("frontline:theme") as Theme | null) ?? "auto");
    this.chat = this.newChat();
    this.header = new Header(this, {
      close: () => this.setOpen(false, true),
      switchLanguage: () => this.setLanguage(this.language === "zh" ? "en" : "zh", true),
      setTheme: (theme) => this.setTheme(theme),
      theme: () => this.theme,
      entries: () => this.menuEntries(),
    });
    this.list = new MessageList(this, {
      press: (button) => {
        this.chat.press(button);
        this.composer.focus();
      },
      retry: (id) => this.chat.retry(id),
      discard: (id) => this.chat.discard(id),
    });
    this.composer = new Composer(this, {
      send: (text, files) => this.send(text, files),
      typed: () => this.chat.typed(),
      upload: (file, onProgress) => this.chat.upload(file, onProgress),
      askForPerson: () => this.askForPerson(),
    });
    this.panel = h("div.panel", { role: "dialog", tabindex: -1, hidden: true },
      this.header.el,
      this.lineBar.el,
      this.queueBar.el,
      this.list.el,
      this.foot,
      this.drop,
    );
    this.root.append(this.panel, this.launcher.el, this.live);
    this.listen();
    this.chat.resume();
    this.render();
  }

  get t(): Strings {
    return STRINGS[this.options.language];
  }

  get language(): Language {
    return this.options.language;
  }

  now(): number {
    return Date.now();
  }

  announce(text: string): void {
    this.live.textContent = text;
    setTimeout(() => (this.live.textContent = ""), 3_000);
  }

  blobUrl(attachment: Attachment): Promise<string> {
    let url = this.blobs.get(attachment.id);
    if (!url) {
      const who = this.chat.credentials;
      url = who
        ? this.chatApi.attachment(who, attachment.url).then((blob) => URL.createObjectURL(blob))
        : Promise.reject(new Error("no conversation"));
      url.catch(() => this.blobs.delete(attachment.id));
      this.blobs.set(attachment.id, url);
    }
    return url;
  }

  /** `byCustomer`: move the focus along; a page that opens the panel by itself must not steal it. */
  setOpen(open: boolean, byCustomer: boolean): void {
    if (open === this.open) return;
    this.open = open;
    this.session.set("frontline:open", open ? "1" : "");
    this.panel.hidden = !open;
    this.root.classList.toggle("open", open);
    this.header.closeMenu();
    this.lockPage(open);
    if (open) {
      void this.chat.ensure();
      this.list.shown();
      if (byCustomer) this.focusInside();
    } else if (byCustomer) {
      this.launcher.el.focus();
    }
    this.options.onOpenChange(open);
    this.render();
  }

  get wasOpen(): boolean {
    return this.session.get("frontline:open") === "1";
  }

  setLanguage(language: Language, byCustomer: boolean): void {
    if (byCustomer) this.local.set("frontline:language", language);
    if (language === this.options.language) return;
    this.options.language = language;
    this.footShown = "";
    this.chat.languageChanged();
    this.render();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.local.set("frontline:theme", theme);
    this.render();
  }

  /** The page signed its customer in or out, or renewed the token. */
  setIdentity(token: string | null): void {
    const before = visitorPrefix(this.options.server, this.options.identityToken);
    this.options.identityToken = token;
    if (visitorPrefix(this.options.server, token) === before) return;
    this.chat.stop();
    this.blobs.clear();
    this.chat = this.newChat();
    this.resetEnding();
    this.chat.resume();
    if (this.open) void this.chat.ensure();
    this.render();
  }

  stop(): void {
    this.chat.stop();
    this.lockPage(false);
    for (const undo of this.undo) undo();
    this.blobs.clear();
  }

  private get chatApi(): Api {
    return new Api(this.options.server);
  }

  private newChat(): Chat {
    return new Chat({
      api: this.chatApi,
      store: this.local,
      prefix: visitorPrefix(this.options.server, this.options.identityToken),
      tab: tabId(this.session),
      timers,
      openSocket: () => openSocket(this.options.server),
      newId,
      language: () => this.language,
      identityToken: () => this.options.identityToken,
      page: () => location.origin + location.pathname,
      visible: () => document.visibilityState === "visible",
      onChange: () => this.render(),
      onIdentityRejected: () => this.options.emit("frontline-identity-expired"),
    });
  }

  private listen(): void {
    const on = (target: EventTarget, name: string, run: (event: never) => void): void => {
      target.addEventListener(name, run as EventListener);
      this.undo.push(() => target.removeEventListener(name, run as EventListener));
    };
    on(window, "online", () => this.chat.wake(true));
    on(window, "offline", () => this.render());
    on(document, "visibilitychange", () => {
      if (document.visibilityState === "visible") this.chat.wake(false);
      this.render();
    });
    on(window, "storage", (event: StorageEvent) => this.chat.storageChanged(event.key));
    on(this.dark, "change", () => this.render());
    on(this.root, "keydown", (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.stopPropagation();
      if (this.header.closeMenu(true)) return;
      this.setOpen(false, true);
    });
    on(this.panel, "pointerdown", (event: PointerEvent) => {
      if (!this.header.el.contains(event.target as Node)) this.header.closeMenu();
    });
    const files = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    on(this.panel, "dragover", (event: DragEvent) => {
      if (!files(event)) return;
      event.preventDefault();
      this.drop.hidden = !this.talking;
      this.drop.textContent = this.t.dropHere;
    });
    on(this.panel, "dragleave", (event: DragEvent) => {
      if (!this.panel.contains(event.relatedTarget as Node | null)) this.drop.hidden = true;
    });
    on(this.panel, "drop", (event: DragEvent) => {
      if (!files(event)) return;
      event.preventDefault();
      this.drop.hidden = true;
      if (this.talking) this.composer.addFiles([...(event.dataTransfer?.files ?? [])]);
    });
  }

  private get canAsk(): boolean {
    return this.talking && (this.chat.state?.owner ?? "bot") === "bot";
  }

  private menuEntries(): [string, () => void][] {
    const { chat, t } = this;
    const entries: [string, () => void][] = [];
    const talked = chat.thread.list().some((m) => m.author.kind === "customer");
    if (this.canAsk) entries.push([t.person, () => this.askForPerson()]);
    if (chat.thread.last) {
      entries.push([t.savePage, () => this.saveTranscript("html")], [t.saveText, () => this.saveTranscript("txt")]);
    }
    if (talked && !chat.rated) entries.push([t.rate, () => this.askRating()]);
    if (talked && this.talking && chat.state?.owner !== "agent") entries.push([t.endChat, () => this.end()]);
    return entries;
  }

  private askForPerson(): void {
    this.attempt(() => this.chat.askForPerson());
  }

  private askRating(): void {
    this.ratingAsked = true;
    this.render();
  }

  private get talking(): boolean {
    return !this.chat.closed && !this.ended;
  }

  private render(): void {
    if (this.renderDue) return;
    this.renderDue = true;
    queueMicrotask(() => {
      this.renderDue = false;
      this.show();
    });
  }

  private show(): void {
    const { chat, t } = this;
    const dark = this.theme === "dark" || (this.theme === "auto" && this.dark.matches);
    this.root.classList.toggle("dark", dark);
    this.root.lang = t.locale;
    if (this.open && document.visibilityState === "visible") chat.markRead();
    this.panel.setAttribute("aria-label", t.brand);
    this.launcher.update(this.open, chat.unread);
    if (chat.unread !== this.unreadTold) this.options.emit("frontline-unread", (this.unreadTold = chat.unread));
    this.header.update({
      brand: this.options.brand ?? t.brand,
      state: chat.state,
      online: navigator.onLine,
      connecting: chat.mode === "connecting" || !chat.reachable,
    });
    this.queueBar.update(chat.state);
    this.lineBar.update(!navigator.onLine ? "offline" : chat.phase === "failed" ? "failed" : null);
    const superseded = chat.thread.superseded();
    const pending = chat.outbox.all();
    const said = chat.thread.list();
    const mine = said.map((m) => m.author.kind).lastIndexOf("customer");
    this.list.update({
      items: [...said.map((m, i) => itemOf(m, superseded, i === mine ? chat.state?.read_seq : 0)), ...pending.map(pendingItem)],
      typing: chat.typing,
      buttons: this.talking && !pending.some((e) => e.status !== "refused") ? chat.thread.activeButtons() : [],
      note: chat.notice === "expired" ? t.expiredNote : null,
    });
    this.composer.update(this.talking ? chat.thread.expectedSlot() : undefined, this.canAsk);
    this.showFoot();
  }

  /** Below the conversation stands the composer, the rating, or the way to a new chat. */
  private showFoot(): void {
    const { chat } = this;
    const over = !this.talking;
    const asked = this.ratingAsked || (!this.ratingDismissed && (over || chat.thread.surveyAsked()));
    const rating = asked && !chat.rated && !this.ratedNow && chat.thread.last > 0;
    const shown = [this.language, rating, chat.rates, over, this.ended, this.ratedNow, chat.credentials?.conversation_id].join();
    if (shown === this.footShown) return;
    this.footShown = shown;
    const form =
      rating &&
      ratingPanel(this, chat.rates, {
        submit: async (given) => {
          await chat.rate(given);
          this.ratedNow = !chat.rates;
          this.ratingAsked = !this.ratedNow;
          this.announce(this.t.rateThanks);
          this.render();
        },
        dismiss: () => {
          this.ratingAsked = false;
          this.ratingDismissed = true;
          this.render();
        },
      });
    const ending =
      over &&
      endingBar(this, this.ratedNow, {
        startNew: () => {
          this.resetEnding();
          this.blobs.clear();
          this.attempt(() => this.chat.startNew());
          this.composer.focus();
        },
        keepTalking: chat.closed
          ? undefined
          : () => {
              this.resetEnding();
              this.render();
            },
      });
    const parts = [form, ending, !over && this.composer.el].filter((part): part is HTMLElement => part !== false);
    if (parts.length !== this.foot.children.length || parts.some((part, i) => this.foot.children[i] !== part)) {
      this.foot.replaceChildren(...parts);
      if (!over) this.list.shown();
    }
  }

  private resetEnding(): void {
    this.ended = this.ratingAsked = this.ratingDismissed = this.ratedNow = false;
    this.footShown = "";
  }

  private end(): void {
    this.ended = true;
    this.ratingDismissed = false;
    if (this.chat.state?.owner === "queued") this.attempt(() => this.chat.leaveQueue());
    this.render();
  }

  private send(text: string, files: ReadyFile[]): void {
    for (const { preview, ...file } of files) {
      this.blobs.set(file.id, Promise.resolve(preview));
      this.chat.sendAttachment(file, file === files[0] ? text : "");
    }
    if (!files.length) this.chat.sendText(text);
  }

  private saveTranscript(format: "txt" | "html"): void {
    const who = this.chat.credentials;
    const name = `chat-${new Date().toISOString().slice(0, 10)}.${format}`;
    if (who) this.attempt(() => this.chatApi.transcript(who, format).then((blob) => saveFile(blob, name)));
  }

  private attempt(run: () => Promise<unknown>): void {
    run().catch(() => {
      this.announce(this.t.actionFailed);
      this.composer.complain(this.t.actionFailed);
    });
  }

  private focusInside(): void {
    if (matchMedia("(pointer: coarse)").matches || !this.talking) this.panel.focus();
    else this.composer.focus();
  }

  private lockPage(open: boolean): void {
    const { style } = document.documentElement;
    this.unfollow?.();
    this.unfollow = null;
    if (!open || !matchMedia(PHONE).matches) {
      style.removeProperty("overflow");
      return;
    }
    style.setProperty("overflow", "hidden");
    this.unfollow = followViewport(this.panel, () => this.list.shown());
  }
}
