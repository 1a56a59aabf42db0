import type { ReactNode } from 'react'

import { type Role, useMay } from '../roles'

/** What is offered to who has this role, or one that may more. */
export function For({ role, children }: { role: Role; children: ReactNode }) {
  return useMay(role) ? children : null
}
