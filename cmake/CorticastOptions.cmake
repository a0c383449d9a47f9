# Compiler options shared by every target, as one interface target.
find_package(Threads REQUIRED)
add_library(corticast_options INTERFACE)
target_compile_features(corticast_options INTERFACE cxx_std_20)
target_compile_options(corticast_options INTERFACE
  -Wall -Wextra -Wshadow -Woverloaded-virtual -Wsuggest-override -Wnon-virtual-dtor
  # A product must not depend on whether the compiler chose to fuse it: results are promised bit for bit.
  -ffp-contract=off
  $<$<BOOL:${CORTICAST_WERROR}>:-Werror>)
target_link_libraries(corticast_options INTERFACE Threads::Threads)

# Every test program links LibTorch and VTK: mold does in a second what the default linker takes ten for.
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  target_link_options(corticast_options INTERFACE -fuse-ld=mold)
endif()

if(CORTICAST_SANITIZE)
  target_compile_options(corticast_options INTERFACE -fsanitize=${CORTICAST_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(corticast_options INTERFACE -fsanitize=${CORTICAST_SANITIZE})
endif()
if(CORTICAST_COVERAGE)
  target_compile_options(corticast_options INTERFACE --coverage)
  target_link_options(corticast_options INTERFACE --coverage)
endif()
if(CORTICAST_FUZZ)
  target_compile_options(corticast_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer)
  target_link_options(corticast_options INTERFACE -fsanitize=address,undefined)
endif()
