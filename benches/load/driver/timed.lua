-- The same routes by turns for what is timed: nothing is planted and nothing looked at.

local message = '{"id":7,"text":"one line, \\"quoted\\", of a usual length","tags":["load","keep-alive"]}'
local paths = {
  "/health", "/items?limit=10", "/echo", "/user/17", "/render?limit=64", "/health", "/user/18?upper=true", "/slow/1",
  "/items?limit=3", "/echo", "/health", "/join", "/user/5000", "/render?limit=16", "/refuse/3", "/health", "/items?limit=5",
  "/digest/100", "/echo", "/user/999",
}

function init()
  requests, turn = {}, 0
  for index, path in ipairs(paths) do
    if path == "/echo" then
      requests[index] = wrk.format("POST", path, { ["Content-Type"] = "application/json" }, message)
    else
      requests[index] = wrk.format("GET", path)
    end
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
