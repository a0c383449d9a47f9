# corticast_embed(<target> <name> <file>)
#   Makes `embedded::<name>`, a std::string_view of the file's text, in the generated header embedded/<name>.h.
function(corticast_embed target name file)
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/generated)
  set(header ${folder}/embedded/${name}.h)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(READ ${source} text)
  file(CONFIGURE OUTPUT ${header} @ONLY NEWLINE_STYLE UNIX CONTENT
"#pragma once
#include <string_view>
namespace corticast::embedded {
inline constexpr std::string_view @name@ = R\"EMBEDDED(@text@)EMBEDDED\";
}
")
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
