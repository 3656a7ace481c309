import { Type, type TSchema } from "typebox";
import type { HardwareState } from "../../features/state.js";
import { COUNTER_RULES, SCALAR_RULES, type FieldRule } from "../../hardware/state-fields.js";

function numberSchema({ minimum, exclusive, maximum, unit, description }: FieldRule): TSchema {
  const low = exclusive ? { exclusiveMinimum: minimum } : { minimum };
  const withUnit = unit === "1" ? description : `${description} Unit: ${unit}.`;
  return Type.Optional(Type.Number({ ...low, maximum, description: withUnit }));
}

function propertiesOf(rules: Readonly<Record<string, FieldRule>>, prefix = ""): Record<string, TSchema> {
  return Object.fromEntries(Object.entries(rules).map(([name, rule]) => [`${prefix}${name}`, numberSchema(rule)]));
}

function unbounded(rules: Readonly<Record<string, FieldRule>>): Record<string, TSchema> {
  const names = Object.keys(rules);
  return Object.fromEntries(names.map((name) => [name, Type.Optional(Type.Number())]));
}

/** The state of a device as JSON; built from the same rules that check it everywhere else. */
export const StateSchema = Type.Unsafe<HardwareState>(
  Type.Object(
    {
      ...propertiesOf(SCALAR_RULES),
      counters: Type.Optional(Type.Object(propertiesOf(COUNTER_RULES), { additionalProperties: false })),
    },
    {
      additionalProperties: false,
      description: "State of the device just before the inference. Leave out what is not known; it is never guessed here.",
    },
  ),
);

/** A state as an answer gives it back; what was imputed need not keep to the bounds of requests. */
export const UsedStateSchema = Type.Unsafe<HardwareState>(
  Type.Object({
    ...unbounded(SCALAR_RULES),
    counters: Type.Optional(Type.Object(unbounded(COUNTER_RULES))),
  }),
);

/** The same fields as query parameters; counters by their dotted names. */
export const STATE_QUERY: Readonly<Record<string, TSchema>> = {
  ...propertiesOf(SCALAR_RULES),
  ...propertiesOf(COUNTER_RULES, "counters."),
};
