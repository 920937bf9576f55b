// The objects the product ships. Custom fields join them at run time and cannot be told apart from then on.
import type { ObjectDefinition } from "../field.ts";
import { account } from "./account.ts";
import { activity } from "./activity.ts";
import { comment } from "./comment.ts";
import { contact } from "./contact.ts";
import { department } from "./department.ts";
import { lead } from "./lead.ts";
import { opportunity } from "./opportunity.ts";
import { pipeline, stage } from "./pipeline.ts";
import { product } from "./product.ts";
import { todo } from "./todo.ts";
import { user } from "./user.ts";

export const shippedObjects: readonly ObjectDefinition[] = [
  account,
  contact,
  lead,
  opportunity,
  activity,
  todo,
  comment,
  product,
  pipeline,
  stage,
  user,
  department,
];
