-- The requests of `--bench load`: all routes by turns. `-- <seconds> <every>`: after so many seconds no connection asks again, so what
-- was asked was also answered when the run ends, and each `every`-th request has something planted (0: none has). From then on it prints
-- `quiet` when everything is answered, and `open` should there be a request after that.

local get = function(path) return { path = path, method = "GET" } end
local message = '{"id":7,"text":"one line, \\"quoted\\", of a usual length","tags":["load","keep-alive"]}'
local echo = { path = "/echo", method = "POST", body = message }

-- With the shares that they have. The third user is not there.
local routes = {
  get("/health"), get("/items?limit=10"), echo, get("/user/17"), get("/render?limit=64"),
  get("/health"), get("/user/18?upper=true"), get("/slow/1"), get("/items?limit=3"), echo,
  get("/health"), get("/join"), get("/user/5000"), get("/render?limit=16"), get("/refuse/3"),
  get("/health"), get("/items?limit=5"), get("/digest/100"), echo, get("/user/999"),
}
-- These can be over their budgets; a user who is not there leaves before.
local planted = {
  get("/health"), echo, get("/items?limit=10"), get("/user/17"), get("/refuse/3"), get("/render?limit=64"), get("/slow/1"),
  get("/join"), get("/digest/100"),
}
local most = 5

local name = function(route) return route.path:match("^/(%a+)") end
local made = function(route, over)
  local headers = { ["Host"] = "localhost" }
  if route.body then headers["Content-Type"] = "application/json" end
  if over > 0 then headers["x-over"] = tostring(over) end
  return wrk.format(route.method, route.path, headers, route.body)
end

local threads = {}
function setup(thread) table.insert(threads, thread) end

function init(arguments)
  every = tonumber(arguments[2])
  stop = os.time() + tonumber(arguments[1])
  requests, over_requests = {}, {}
  for index, route in ipairs(routes) do requests[index] = made(route, 0) end
  for over = 1, most do
    for _, route in ipairs(planted) do
      table.insert(over_requests, { text = made(route, over), key = "planted " .. name(route) .. " " .. over })
    end
  end
  turn, over_turn, open, said = 0, 0, 0, "open"
  -- What the driver reads.
  sent, statuses = {}, {}
end

local say = function(word)
  if said == word then return end
  said = word
  io.write(word, "\n")
  io.flush()
end

function request()
  -- Once before the run wrk asks what there is to send, and sends nothing.
  turn = turn + 1
  if turn == 1 then return requests[1] end
  open = open + 1
  say("open")
  if every > 0 and turn % every == 0 then
    over_turn = over_turn % #over_requests + 1
    local over = over_requests[over_turn]
    sent[over.key] = (sent[over.key] or 0) + 1
    return over.text
  end
  local index = turn % #routes + 1
  local key = "plain " .. name(routes[index])
  sent[key] = (sent[key] or 0) + 1
  return requests[index]
end

function delay()
  if os.time() < stop then return 0 end
  return 600000
end

function response(status)
  statuses[status] = (statuses[status] or 0) + 1
  open = open - 1
  if open == 0 and os.time() >= stop then say("quiet") end
end

function done(summary)
  local print_all = function(what, values)
    for key, times in pairs(values) do print(string.format("%s %s %d", what, key, times)) end
  end
  for _, thread in ipairs(threads) do
    print_all("sent", thread:get("sent"))
    print_all("status", thread:get("statuses"))
  end
  local errors = summary.errors
  print(string.format("completed %d", summary.requests))
  print(string.format("errors %d", errors.connect + errors.read + errors.write + errors.timeout))
end
