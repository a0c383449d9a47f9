# What the workbench needs beyond core: Qt 6, VTK, QCustomPlot, EGL.
find_package(Qt6 REQUIRED COMPONENTS Core Gui Widgets OpenGL OpenGLWidgets Svg SvgWidgets PrintSupport Test)
find_package(VTK REQUIRED COMPONENTS CommonCore CommonDataModel FiltersSources InteractionStyle RenderingCore
                                     RenderingOpenGL2 RenderingUI)
find_package(OpenGL REQUIRED COMPONENTS EGL)
find_package(QCustomPlotQt6 REQUIRED)
