package lane

// LeastToFollow is how many calls must wait for a batch to follow another one.
const LeastToFollow = leastToFollow
