/** A customer's lines, bills, tickets, visits. */
import type { PastChat, Rating } from "./chats";
import type { Language, Words } from "./words";

export interface Line {
  id: string;
  product: string;
  number: string;
  plan_id: string;
  plan: Words | null;
  status: string;
  contract_until: string | null;
}

export interface Customer {
  id: string;
  name: Words;
  phone: string;
  account_number: string;
  address: Words;
  area: string;
  language: Language | null;
  customer_class: string | null;
  vulnerable: boolean;
}

/** As a chat has its customer; asked for alone, the lines stand beside. */
export interface CustomerWithLines extends Customer {
  lines: Line[];
}

export interface TicketRow {
  type: "ticket";
  id: string;
  ticket_type: string;
  status: string;
  due_at: string | null;
  description?: string;
  priority?: string;
  product?: string | null;
  created_at?: string;
}

export interface Visit {
  type: "appointment";
  id: string;
  status: string;
  start: string;
  end: string;
  ticket_id?: string | null;
  address?: string;
  product?: string;
  technician?: { name?: Words } | null;
  version?: number;
}

export interface Bill {
  /** Such as 2026-10. */
  period: string;
  total_cents: number;
  currency: string;
  due_on: string;
  paid: boolean;
  items: { name: Words; amount_cents: number }[];
}

export interface UsageItem {
  name: Words;
  used: number;
  total: number | null;
  unit: string;
}

export interface CustomerFull {
  customer: Customer;
  lines: Line[] | null;
  bills: Bill[] | null;
  usage: UsageItem[] | null;
  balance: { amount_cents: number; currency: string; due_on: string | null } | null;
  tickets: TicketRow[] | null;
  visits: Visit[] | null;
  past: PastChat[] | null;
  ratings: Rating[] | null;
  unavailable: string[];
}
