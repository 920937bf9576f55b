// People for the tests of this room: the records room, which keeps the real ones, stands above it.
import { Problem } from "../../contract/problem.ts";
import type { Tx } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import { TagBroken } from "../keys/broken.ts";
import type { NewOwner, People, Person, PersonStatus } from "./people.ts";

export class PeopleOfTest implements People {
  readonly known = new Map<string, Person>();
  /** Whose row was tampered with. */
  readonly damaged = new Set<string>();
  async createOwner(_tx: Tx, owner: NewOwner): Promise<{ userId: string }> {
    return { userId: this.add(owner.name, owner.email, "active", owner.company) };
  }
  async findByEmail(email: string): Promise<{ userId: string; status: PersonStatus } | undefined> {
    return [...this.known.values()].find((person) => person.email === email.trim().toLowerCase());
  }
  async load(userId: string): Promise<Person> {
    if (this.damaged.has(userId)) throw new TagBroken("user");
    const person = this.known.get(userId);
    if (person === undefined) throw new Problem("not_found");
    return person;
  }
  upholdsInvitation(createdBy: string, userId: string): boolean {
    return createdBy === userId || this.known.get(createdBy)?.status === "active";
  }
  async activate(_tx: Tx, userId: string): Promise<void> {
    this.set(userId, "active");
  }
  add(name: string, email: string, status: PersonStatus = "invited", company = "华信科技有限公司"): string {
    const userId = uuidv7();
    this.known.set(userId, { userId, status, name, email, company });
    return userId;
  }
  set(userId: string, status: PersonStatus): void {
    const person = this.known.get(userId);
    if (person !== undefined) this.known.set(userId, { ...person, status });
  }
}
