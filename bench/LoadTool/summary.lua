-- Prints what wrk measured as one line of numbers: requests, microseconds, p50 and p99 in microseconds, failed requests.
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("summary %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50.0), latency:percentile(99.0), e.connect + e.read + e.write + e.status + e.timeout))
end
