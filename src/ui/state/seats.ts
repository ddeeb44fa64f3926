// Seats of a class: numbers from 1, one for each computer.

export const MOST_SEATS = 1000;

/** Whether it is the number of a seat, of so many. */
export function isSeat(seat: number, seats: number): boolean {
  return Number.isInteger(seat) && seat >= 1 && seat <= seats;
}
