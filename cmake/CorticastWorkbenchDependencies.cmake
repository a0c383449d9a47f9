# What only the workbench builds on: Qt 6, VTK, EGL, QCustomPlot. Not read by core-only builds.
# VTK's own widgets for Qt are not needed (ARCHITECTURE.md says why): Debian's are for Qt 5 and would bring Qt 5 in.
find_package(Qt6 6.4 REQUIRED COMPONENTS Core Gui Widgets PrintSupport Svg SvgWidgets Test)
find_package(VTK 9.1 REQUIRED COMPONENTS
  CommonCore CommonDataModel FiltersSources InteractionStyle RenderingCore RenderingOpenGL2 RenderingUI)
find_package(OpenGL REQUIRED COMPONENTS EGL OpenGL)
find_package(QCustomPlotQt6 REQUIRED)
