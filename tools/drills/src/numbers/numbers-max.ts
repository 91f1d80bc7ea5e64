/** How many numbers there are: T1 to T45. Each has a spec with it in its title, and a planted defect. */
export const numbersMax = 45;
