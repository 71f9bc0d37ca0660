# Refuses a compiler that miscompiles coroutines: g++ 12 does, silently, and what it makes crashes or loops much later.
# A small program of such cases is compiled and run once; the verdict is kept until compiler, flags or cases change.

set(probe_folder ${CMAKE_CURRENT_LIST_DIR}/probe)
set(probe_sources)
set(probe_asked "${CMAKE_CXX_COMPILER} ${CMAKE_CXX_COMPILER_VERSION} ${CMAKE_CXX_FLAGS} ${CMAKE_EXE_LINKER_FLAGS}")
foreach(name main plain condition argument conditional)
  list(APPEND probe_sources ${probe_folder}/${name}.cpp)
endforeach()
foreach(source IN LISTS probe_sources ITEMS ${probe_folder}/task.hpp)
  file(SHA256 ${source} probe_hash)
  string(APPEND probe_asked " ${probe_hash}")
endforeach()
string(SHA256 probe_asked "${probe_asked}")

if(NOT CMAKE_CROSSCOMPILING AND NOT TEGAMI_COMPILER_PASSED STREQUAL probe_asked)
  message(STATUS "Asking ${CMAKE_CXX_COMPILER} about coroutines")
  unset(probe_compiled CACHE)
  unset(probe_status CACHE)
  try_run(probe_status probe_compiled
    SOURCES ${probe_sources}
    COMPILE_OUTPUT_VARIABLE probe_said
    RUN_OUTPUT_VARIABLE probe_ran
    CXX_STANDARD 23 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)

  set(probe_remedy "\
On Debian 12, `./dev` installs and uses the right compiler by itself. By hand:\n\
    apt install clang-19 lld-19\n\
    cmake --preset release\n\
Any other compiler that passes is as good; a build folder that remembers this one has to be removed first.\n")
  set(probe_who "${CMAKE_CXX_COMPILER} (${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION})")

  if(NOT probe_compiled)
    message(STATUS "${probe_said}")
    message(FATAL_ERROR "${probe_who} cannot build tegami: it does not compile C++23 with coroutines; "
      "what it said stands above.\n${probe_remedy}")
  elseif(NOT probe_status STREQUAL "0")
    string(STRIP "${probe_ran}" probe_ran)
    string(REGEX MATCHALL "[^\n]+" probe_lines "${probe_ran}")
    set(probe_case "starting at all")
    foreach(line IN LISTS probe_lines)
      if(line MATCHES "^(an? [a-z].*)$")
        set(probe_case "${CMAKE_MATCH_1}")
      endif()
    endforeach()
    message(FATAL_ERROR "${probe_who} cannot build tegami: it miscompiles coroutines (${probe_case}: "
      "the program it made ended with ${probe_status}). Everything would compile, and crash later.\n${probe_remedy}")
  endif()
  set(TEGAMI_COMPILER_PASSED "${probe_asked}" CACHE INTERNAL "The compiler, flags and cases that the probe has passed")
endif()
