// Comment (评论): what colleagues say to each other about a record. It is seen by whoever sees that record.
import { defineObject } from "../field.ts";
import { aboutFields, closestWorkFirst, nearestFirst } from "./about.ts";

export const comment = defineObject({
  key: "comment",
  labels: { zh: "评论", en: "Comment" },
  plural: { zh: "评论", en: "Comments" },
  placement: "follows",
  follows: ["activity", ...closestWorkFirst],
  about: [...nearestFirst, "activity"],
  nameField: "text",
  fields: [
    {
      key: "text",
      type: "long_text",
      class: 2,
      labels: { zh: "评论内容", en: "Comment" },
      purpose: "selling",
      retention: "with_record",
      required: true,
      searchable: true,
      listed: true,
      max: 4000,
    },
    {
      key: "activity",
      type: "reference",
      target: "activity",
      class: 1,
      labels: { zh: "跟进记录", en: "Follow-up" },
      purpose: "selling",
      retention: "with_record",
      inherits: ["contact", "lead", "account", "opportunity"],
    },
    ...aboutFields,
  ],
});
