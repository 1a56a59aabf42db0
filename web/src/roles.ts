/** What somebody may do: each role may do all that those before it may. */

import { createContext, useContext } from 'react'

export const ROLES = ['viewer', 'editor', 'admin'] as const

export type Role = (typeof ROLES)[number]

const RANK = { nobody: 0, viewer: 1, editor: 2, admin: 3 }

/** Whether who has one role may do what takes another. */
export function reaches(has: Role | 'nobody', needed: Role): boolean {
  return RANK[has] >= RANK[needed]
}

/** The role of whoever looks at the page; an admin's until it is known, as where there is no user. */
export const RoleContext = createContext<Role>('admin')

/** Whether whoever looks has this role, or one that may more. */
export function useMay(needed: Role): boolean {
  return reaches(useContext(RoleContext), needed)
}
