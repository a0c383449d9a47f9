# corticast_module(<name> SOURCES <file>... [DEPENDS <module or target>...] [PRIVATE <target>...])
#   One folder of core/ as the static library corticast_<name>. DEPENDS are public: what this folder may know.
function(corticast_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  add_library(corticast_${name} STATIC ${arg_SOURCES})
  target_include_directories(corticast_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(corticast_${name} PUBLIC corticast_options ${arg_DEPENDS} PRIVATE ${arg_PRIVATE})
endfunction()

# corticast_test(<name> MODULES <target>... [LABELS <label>...] [SOURCES <file>...])
#   tests/<part>/<name>.cpp as one GoogleTest program and one ctest entry. A program that skips all it has
#   (no GPU, say) counts as skipped, with its reason in the output.
function(corticast_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "MODULES;LABELS;SOURCES" ${ARGN})
  add_executable(${name} ${name}.cpp ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_MODULES} corticast_testing)
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  if(NOT arg_TIMEOUT)
    # Against hangs only: on a machine that is busy with other work a test may take ten times its usual time.
    set(arg_TIMEOUT 120)
    if("slow" IN_LIST arg_LABELS)
      set(arg_TIMEOUT 600)
    endif()
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
endfunction()
