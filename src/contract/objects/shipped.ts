// The objects the product ships. Custom fields join them at run time and cannot be told apart from then on.
import type { ObjectDefinition } from "../field.ts";
import { account } from "./account.ts";
import { contact } from "./contact.ts";
import { department } from "./department.ts";
import { user } from "./user.ts";

export const shippedObjects: readonly ObjectDefinition[] = [account, contact, user, department];
