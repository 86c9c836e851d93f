/** Who is at the desk: log-in, presence, the clock. */
import { computed, reactive } from "vue";
import { ApiError } from "../api/http";
import type { Presence, PresenceReason, User } from "../api/types";
import { api, onLoggedOut, serverNow } from "./api";
import { adopt } from "./preferences";

const DESK_ROLES = ["agent", "supervisor", "admin"];
const TRAINING_ROLES = ["trainer", "admin"];
const LEADING_ROLES = ["supervisor", "admin"];
const AGAIN_MS = 2_000;

class Session {
  readonly state = reactive({
    /** `unknown` until the first answer; `expired` keeps what is on the screen for whoever logs in again. */
    phase: "unknown" as "unknown" | "out" | "expired" | "in",
    user: null as User | null,
    presence: "offline" as Presence,
    presenceReason: null as PresenceReason,
    groups: [] as string[],
    /** Consoles of this person that are open. */
    consoles: 1,
    /** The operator's, such as Asia/Shanghai: deadlines and visits are read in it wherever the agent sits. */
    timezone: undefined as string | undefined,
    connected: true,
    now: Date.now(),
  });

  readonly mayServe = computed(() => this.may(DESK_ROLES));
  readonly mayTrain = computed(() => this.may(TRAINING_ROLES));
  readonly leads = computed(() => this.may(LEADING_ROLES));
  onEnter: (again: boolean) => void = () => undefined;
  onLeave: () => void = () => undefined;

  constructor() {
    onLoggedOut(() => this.expire());
  }

  async begin(): Promise<void> {
    try {
      await this.enter();
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.state.phase = "out";
      else setTimeout(() => void this.begin(), AGAIN_MS);
    }
  }

  async logIn(username: string, password: string): Promise<void> {
    const user = await api.logIn(username, password);
    // somebody else at this screen starts with an empty one
    if (this.state.phase === "expired" && user.id !== this.state.user?.id) this.leave();
    await this.enter();
  }

  async logOut(): Promise<void> {
    await api.logOut();
    this.leave();
  }

  async refresh(): Promise<void> {
    const { user, presence, presence_reason, timezone, groups, sessions } = await api.me();
    Object.assign(this.state, {
      user, presence, timezone, presenceReason: presence_reason ?? null, groups: groups ?? [], consoles: sessions ?? 1,
    });
  }

  async setPresence(status: Presence): Promise<void> {
    const { presence, presenceReason } = this.state;
    Object.assign(this.state, { presence: status, presenceReason: null });
    try {
      await api.setPresence(status);
    } catch (error) {
      Object.assign(this.state, { presence, presenceReason });
      throw error;
    }
  }

  tick(): void {
    this.state.now = serverNow();
  }

  private async enter(): Promise<void> {
    const me = await api.me();
    const again = this.state.phase === "expired";
    Object.assign(this.state, {
      user: me.user, presence: me.presence, timezone: me.timezone, presenceReason: me.presence_reason ?? null,
      groups: me.groups ?? [], consoles: me.sessions ?? 1,
    });
    adopt(me.settings);
    this.state.phase = "in";
    if (this.mayServe.value) this.onEnter(again);
  }

  private expire(): void {
    if (this.state.phase === "in") this.state.phase = "expired";
    else if (this.state.phase === "unknown") this.state.phase = "out";
  }

  private leave(): void {
    Object.assign(this.state, { phase: "out", user: null, presence: "offline", presenceReason: null, connected: true });
    this.onLeave();
  }

  private may(roles: readonly string[]): boolean {
    return this.state.user?.roles.some((role) => roles.includes(role)) ?? false;
  }
}

export const session = new Session();
