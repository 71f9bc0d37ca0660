# One target a folder, and the programs made of them.
#
#   tegami_folder(protocols/tcp USES protocols/wire)   the static library tegami_protocols_tcp of every source in there
#   tegami_program(tegami main.cpp USES sim/nodes)     a program as it is shipped: link-time optimised where that is on
#   tegami_built_on(file.cpp folders links)            what a file that is a program of its own needs

find_package(Threads REQUIRED)

add_library(tegami_flags INTERFACE)
target_include_directories(tegami_flags INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
target_compile_options(tegami_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  $<$<BOOL:${TEGAMI_WERROR}>:-Werror>)
target_compile_definitions(tegami_flags INTERFACE CATCH_CONFIG_NO_POSIX_SIGNALS)

# Unity builds: several files of a folder are one translation unit, so names at file scope must not clash there.
set(CMAKE_UNITY_BUILD ${TEGAMI_UNITY})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)

# One precompiled header for all of them, made once. A file still includes what it uses: the debug preset builds without.
if(TEGAMI_PCH)
  add_library(tegami_pch STATIC ${PROJECT_SOURCE_DIR}/cmake/empty.cpp)
  target_link_libraries(tegami_pch PRIVATE tegami_flags)
  target_precompile_headers(tegami_pch PRIVATE
    <algorithm> <array> <bit> <charconv> <compare> <concepts> <coroutine> <cstdint> <cstring> <deque> <expected>
    <functional> <map> <memory> <numeric> <optional> <ranges> <set> <span> <string> <string_view> <tuple> <unordered_map>
    <utility> <variant> <vector> <fmt/format.h>)
endif()

# Link-time optimisation is for the program and the benchmarks. Objects carry machine code and bitcode side by side, so
# that tests link the former and one compilation serves both.
add_library(tegami_lto_objects INTERFACE)
add_library(tegami_lto_link INTERFACE)
if(TEGAMI_LTO AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(tegami_lto_objects INTERFACE -flto=thin -ffat-lto-objects)
  target_compile_options(tegami_lto_link INTERFACE -flto=thin -ffat-lto-objects)
  target_link_options(tegami_lto_link INTERFACE -flto=thin -Wl,--fat-lto-objects
    -Wl,--thinlto-cache-dir=${PROJECT_BINARY_DIR}/lto-cache)
elseif(TEGAMI_LTO AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(tegami_lto_objects INTERFACE -flto -ffat-lto-objects)
  target_compile_options(tegami_lto_link INTERFACE -flto -ffat-lto-objects)
  target_link_options(tegami_lto_link INTERFACE -flto=auto)
endif()
if(TEGAMI_PCH)
  target_link_libraries(tegami_pch PRIVATE tegami_lto_objects)
endif()

function(tegami_target_name folder out)
  string(REPLACE "/" "_" name "${folder}")
  set(${out} "tegami_${name}" PARENT_SCOPE)
endfunction()

function(tegami_reuse_pch target)
  if(TEGAMI_PCH)
    target_precompile_headers(${target} REUSE_FROM tegami_pch)
  endif()
endfunction()

function(tegami_link_folders target kind)
  foreach(folder IN LISTS ARGN)
    tegami_target_name(${folder} used)
    if(NOT TARGET ${used})
      message(FATAL_ERROR "${target} is built on ${folder}, which is no folder that tegami_folder() has named before.")
    endif()
    target_link_libraries(${target} ${kind} ${used})
  endforeach()
endfunction()

function(tegami_folder folder)
  cmake_parse_arguments(ARG "" "" "USES;LINKS" ${ARGN})
  tegami_target_name(${folder} target)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  set(kind PUBLIC)
  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PRIVATE tegami_lto_objects)
    tegami_reuse_pch(${target})
  else()
    add_library(${target} INTERFACE)
    set(kind INTERFACE)
  endif()
  target_link_libraries(${target} ${kind} tegami_flags ${ARG_LINKS})
  tegami_link_folders(${target} ${kind} ${ARG_USES})
endfunction()

function(tegami_program name)
  cmake_parse_arguments(ARG "" "" "USES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE tegami_flags tegami_lto_link ${ARG_LINKS})
  tegami_link_folders(${name} PRIVATE ${ARG_USES})
  tegami_reuse_pch(${name})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endfunction()

# What a single file is built on: the folders whose headers it includes, itself or through headers of tests/, those that a
# line `// folders: sim/run …` adds, and the libraries of a line `// links: pcap …`.
function(tegami_built_on file folders_out links_out)
  set(folders)
  set(links)
  set(ahead ${file})
  set(seen)
  while(ahead)
    list(POP_FRONT ahead each)
    if(each IN_LIST seen)
      continue()
    endif()
    list(APPEND seen ${each})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${each})
    file(STRINGS ${each} includes REGEX "^#include \"(protocols|sim|viz|app|tests)/")
    foreach(include IN LISTS includes)
      string(REGEX REPLACE "^#include \"(.*)\"$" "\\1" header "${include}")
      if(header MATCHES "^tests/")
        list(APPEND ahead ${PROJECT_SOURCE_DIR}/${header})
      else()
        string(REGEX REPLACE "/[^/]*$" "" folder "${header}")
        list(APPEND folders ${folder})
      endif()
    endforeach()
    foreach(word folders links)
      file(STRINGS ${each} lines REGEX "^///? ${word}: ")
      foreach(line IN LISTS lines)
        string(REGEX REPLACE "^///? ${word}: *" "" line "${line}")
        string(REGEX MATCHALL "[^ ]+" named "${line}")
        list(APPEND ${word} ${named})
      endforeach()
    endforeach()
  endwhile()
  list(REMOVE_DUPLICATES folders)
  list(REMOVE_DUPLICATES links)
  set(${folders_out} "${folders}" PARENT_SCOPE)
  set(${links_out} "${links}" PARENT_SCOPE)
endfunction()
